import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContainerPort, EnvVar, PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import { parseAllDocuments } from 'yaml';
import type * as kinds from './kubernetes-types.js';

export const CHART = fileURLToPath(new URL('../../helm/gemel', import.meta.url));

interface Kinds {
  readonly ConfigMap: kinds.ConfigMap;
  readonly Deployment: kinds.Deployment;
  readonly HorizontalPodAutoscaler: kinds.HorizontalPodAutoscaler;
  readonly Ingress: kinds.Ingress;
  readonly NetworkPolicy: kinds.NetworkPolicy;
  readonly Pod: kinds.Pod;
  readonly PodDisruptionBudget: kinds.PodDisruptionBudget;
  readonly Secret: kinds.Secret;
  readonly Service: kinds.Service;
  readonly ServiceAccount: kinds.ServiceAccount;
  readonly ServiceMonitor: kinds.ServiceMonitor;
  readonly StatefulSet: kinds.StatefulSet;
}

type Kind = keyof Kinds;
export type KubernetesObject = Kinds[Kind];

export interface RenderOptions {
  /** Name of one of the chart's values files. */
  readonly file?: string;
  /** What a user gives on top of it. */
  readonly values?: object;
  readonly release?: string;
  /** APIs that the cluster has besides Kubernetes' own. */
  readonly apis?: readonly string[];
}

/** What Helm would install. @throws with what Helm says when it refuses */
export function render({
  file,
  values = {},
  release = 'gemel',
  apis = [],
}: RenderOptions): readonly KubernetesObject[] {
  const files = file === undefined ? [] : ['-f', `${CHART}/${file}`];
  const capabilities = apis.flatMap((api) => ['--api-versions', api]);
  const text = helm(
    ['template', release, CHART, '--namespace', 'twins', ...files, '-f', '-', ...capabilities],
    JSON.stringify(values),
  );
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors.length > 0) throw new Error(`${document.errors.join('\n')}\n${text}`);
      return document.toJS() as KubernetesObject | null;
    })
    .filter((object) => object !== null);
}

/** Standard output of a run of Helm. @throws with its standard error when it fails */
export function helm(args: readonly string[], input = ''): string {
  const program = process.env['HELM'];
  if (program === undefined) throw new Error('HELM is not set: npm run test:services sets it to the path of Helm');
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(stderr + stdout);
  return stdout;
}

/** The objects of a kind, in the order of their names. */
export function ofKind<K extends Kind>(objects: readonly KubernetesObject[], kind: K): readonly Kinds[K][] {
  return objects
    .filter((object): object is Kinds[K] => object.kind === kind)
    .toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

/** The object of a kind with this name. @throws when there is none */
export function named<K extends Kind>(objects: readonly KubernetesObject[], kind: K, name: string): Kinds[K] {
  const all = ofKind(objects, kind);
  const found = all.find((object) => nameOf(object) === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} among ${all.map(nameOf).join(', ')}`);
  return found;
}

export function nameOf(object: KubernetesObject): string {
  return object.metadata?.name ?? '';
}

/** A pod that runs, and the object that it comes from. */
export interface RunningPod extends PodTemplateSpec {
  readonly owner: string;
}

/** Templates of all pods. */
export function podsOf(objects: readonly KubernetesObject[]): readonly RunningPod[] {
  return objects.flatMap((object) => {
    const owner = `${object.kind ?? ''} ${nameOf(object)}`;
    if (object.kind === 'Deployment' || object.kind === 'StatefulSet') {
      const template = object.spec?.template;
      return template === undefined ? [] : [{ owner, ...template }];
    }
    return object.kind === 'Pod' ? [{ owner, ...object }] : [];
  });
}

/** Containers of a pod, those that run first among them. */
export function containersOf({ spec }: RunningPod) {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

export function portsOf(pod: RunningPod): readonly ContainerPort[] {
  return containersOf(pod).flatMap(({ ports }) => ports ?? []);
}

export function environmentOf(pod: RunningPod): readonly EnvVar[] {
  return containersOf(pod).flatMap(({ env }) => env ?? []);
}

/** The component that a pod or an object belongs to. */
export function componentOf({ metadata }: { readonly metadata?: { readonly labels?: object } }): string {
  const labels: Record<string, string> = { ...metadata?.labels };
  return labels['app.kubernetes.io/component'] ?? '';
}
