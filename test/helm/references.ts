import { named, nameOf, ofKind } from './chart.js';
import type { KubernetesObject, RunningPod } from './chart.js';

/** A name by which a pod uses a Secret, a ConfigMap or a claim, and the key of it where one is named. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly key?: string;
}

/** What a pod needs to have been made before it starts. */
export function referencesOf(pod: RunningPod): readonly Reference[] {
  const found: Reference[] = [];
  const add = (kind: Reference['kind'], name: unknown, keys: readonly unknown[] = [undefined]): void => {
    for (const key of keys)
      found.push({ kind, name: textOf(name), ...(key === undefined ? {} : { key: textOf(key) }) });
  };
  visit(pod.spec, (field, value) => {
    if (field === 'secretKeyRef') add('Secret', value['name'], [value['key']]);
    if (field === 'configMapKeyRef') add('ConfigMap', value['name'], [value['key']]);
    if (field === 'secret') add('Secret', value['secretName'], keysOf(value['items']));
    if (field === 'configMap') add('ConfigMap', value['name'], keysOf(value['items']));
    if (field === 'persistentVolumeClaim') add('PersistentVolumeClaim', value['claimName']);
  });
  return found;
}

/** Whether the release itself makes what is referred to, the key included. */
export function isMade(objects: readonly KubernetesObject[], { kind, name, key }: Reference): boolean {
  if (kind === 'PersistentVolumeClaim') return false;
  const made = ofKind(objects, kind).find((object) => nameOf(object) === name);
  return made !== undefined && (key === undefined || Object.hasOwn(made.data ?? {}, key));
}

/** The environment of a pod's processes as they will see it; values of Secrets that others make are `elsewhere`. */
export function resolvedEnvironment(
  objects: readonly KubernetesObject[],
  pod: RunningPod,
  elsewhere: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const variables = (pod.spec?.containers ?? []).flatMap(({ env }) => env ?? []);
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => {
      if (valueFrom?.fieldRef?.fieldPath === 'metadata.name') return [name, `${pod.owner}-0`];
      const secret = valueFrom?.secretKeyRef;
      if (secret === undefined) return [name, value ?? ''];
      const reference = { kind: 'Secret', name: secret.name ?? '', key: secret.key } as const;
      return [
        name,
        isMade(objects, reference) ? secretValue(objects, reference.name, secret.key) : (elsewhere[name] ?? ''),
      ];
    }),
  );
}

/** What a Secret of the release holds under the key. */
export function secretValue(objects: readonly KubernetesObject[], name: string, key: string): string {
  const value = named(objects, 'Secret', name).data?.[key];
  if (value === undefined) throw new Error(`Secret ${name} has no key ${key}`);
  return Buffer.from(value, 'base64').toString();
}

/** Whether labels have all that a selector asks for. */
export function selects(selector: object | undefined, labels: object | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  const present: Record<string, unknown> = { ...labels };
  return wanted.length > 0 && wanted.every(([name, value]) => present[name] === value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function keysOf(items: unknown): readonly unknown[] | undefined {
  return Array.isArray(items) ? items.map(({ key }: { key: unknown }) => key) : undefined;
}

function visit(value: unknown, see: (field: string, value: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) see(field, inner);
    visit(inner, see);
  }
}
