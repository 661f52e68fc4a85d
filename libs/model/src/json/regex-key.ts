import { compileRegex } from '../regex/index.js';
import type { LinearRegex } from '../regex/index.js';
import { isJsonObject, member } from './value.js';
import type { JsonObject, JsonValue } from './value.js';

/**
 * The regular expression that a member of a merge patch removes keys by; undefined for other members. Its key is
 * `{{ ~<regex>~ }}` or `{{ /<regex>/ }}`, its value null, and it matches whole keys (Ditto, "HTTP API concepts").
 * @throws Error saying what is wrong with the expression
 */
export function removalRegex(key: string, value: JsonValue): LinearRegex | undefined {
  const source = value === null ? regexSource(key) : undefined;
  return source === undefined ? undefined : compileRegex(source, 'whole');
}

/** As `removalRegex`, without looking at the expression. */
export function isRemovalByRegex(key: string, value: JsonValue): boolean {
  return value === null && regexSource(key) !== undefined;
}

/** Whether a merge patch removes a key by a regular expression. */
export function removesByRegex(patch: JsonObject, key: string): boolean {
  return Object.keys(patch).some((name) => removalRegex(name, member(patch, name) ?? null)?.test(key));
}

/** Steps of all regular expressions in a merge patch: what bounds the work of applying it. @throws Error as `removalRegex` */
export function removalSteps(patch: JsonValue): number {
  if (!isJsonObject(patch)) return 0;
  let steps = 0;
  for (const key in patch) {
    const value = member(patch, key) ?? null;
    steps += value === null ? (removalRegex(key, value)?.steps ?? 0) : removalSteps(value);
  }
  return steps;
}

function regexSource(key: string): string | undefined {
  // Nearly all keys leave here.
  if (!key.startsWith('{{') || !key.endsWith('}}') || key.length < 6) return undefined;
  const inner = key.slice(2, -2).trim();
  const delimiter = inner.charAt(0);
  if (inner.length < 2 || (delimiter !== '~' && delimiter !== '/') || !inner.endsWith(delimiter)) return undefined;
  return inner.slice(1, -1);
}
