import { readFileSync } from 'node:fs';
import { isMap, isScalar, parseDocument } from 'yaml';
import type { YAMLMap } from 'yaml';
import { CHART } from './chart.js';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

const document = parseDocument(readFileSync(`${CHART}/values.yaml`, 'utf8'));
const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as Schema & {
  readonly definitions: Readonly<Record<string, Schema>>;
};
/** Allowed, and not listed: Helm's own, and what overrides other values. */
const UNLISTED = ['global', 'pod', 'securityContext', 'seccompProfile', 'startup', 'liveness', 'readiness'];

describe('values.yaml', () => {
  it('lists every value that the schema knows, and no others', () => {
    const differences: string[] = [];
    compare(document.toJS(), schema, '', differences);
    expect(differences).toEqual([]);
  });

  it('says of every value what it is, but where it is as for another process', () => {
    const root = document.contents;
    expect(isMap(root) ? uncommented(root as YAMLMap, '') : ['no map']).toEqual([]);
  });
});

/** Names on one side only, by their paths. */
function compare(values: unknown, given: Schema, path: string, differences: string[]): void {
  const { properties } = resolve(given);
  if (properties === undefined || typeof values !== 'object' || values === null) return;
  if (Object.keys(values).length === 0) return;
  const isUnlisted = UNLISTED.some((name) => path.endsWith(`/${name}`));
  for (const name of Object.keys(properties))
    if (!isUnlisted && !Object.hasOwn(values, name) && name !== 'global')
      differences.push(`${path}/${name} is in the schema only`);
  for (const [name, value] of Object.entries(values)) {
    const inner = properties[name];
    if (inner === undefined) differences.push(`${path}/${name} is in values.yaml only`);
    else compare(value, inner, `${path}/${name}`, differences);
  }
}

function resolve(given: Schema): Schema {
  const name = given.$ref?.split('/').at(-1);
  return name === undefined ? given : (schema.definitions[name] ?? {});
}

/** Paths of values that have no comment, nor any of the maps that they are in. */
function uncommented(map: YAMLMap, path: string): readonly string[] {
  return map.items.flatMap(({ key, value }, index) => {
    const name = isScalar(key) ? String(key.value) : '';
    const comment = (isScalar(key) ? key.commentBefore : undefined) ?? (index === 0 ? map.commentBefore : undefined);
    if (isMap(value) && (comment === undefined || hasComments(value))) return uncommented(value, `${path}/${name}`);
    return comment === undefined ? [`${path}/${name}`] : [];
  });
}

function hasComments(map: YAMLMap): boolean {
  return map.items.some(
    ({ key, value }) =>
      (isScalar(key) && typeof key.commentBefore === 'string') ||
      typeof map.commentBefore === 'string' ||
      (isMap(value) && hasComments(value)),
  );
}
