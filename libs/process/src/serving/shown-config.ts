import type { JsonObject, JsonValue } from '@gemel/model/json';

/** Settings whose values are, or may hold, something secret. */
const SECRET = /USERS|TOKEN|PASSWORD|SECRET|KEY|_URL$|OIDC/;
const HIDDEN = '***';

interface Shown {
  readonly service: string;
  readonly instance: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * What `/devops/config` shows: `ditto.info` as Ditto has it, and `gemel` with every setting that is no secret.
 * @param path dotted; undefined for all
 */
export function shownConfig({ service, instance, settings }: Shown, path: string | undefined): JsonValue {
  const all: JsonObject = {
    ditto: { info: { service: { name: service, 'instance-id': instance }, 'vm-args': process.execArgv, env: {} } },
    gemel: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, shown(name, value)])),
  };
  if (path === undefined || path === '') return all;
  let at: JsonValue | undefined = all;
  for (const key of path.split('.')) at = memberOf(at, key);
  return at ?? { error: `No configuration setting found for key '${path.slice(0, 200)}'` };
}

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
}

function shown(name: string, value: unknown): JsonValue {
  if (SECRET.test(name)) return HIDDEN;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.map((item) => shown(name, item)) : HIDDEN;
}
