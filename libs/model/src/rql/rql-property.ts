import { JsonPointerInvalid, formatPointer, parsePointer } from '../json/index.js';
import { timePlaceholder } from '../placeholders/index.js';
import type { RqlProperty } from './criteria.js';

const ROOTS: ReadonlySet<string> = new Set([
  ...['thingId', 'policyId', 'definition', 'namespace', 'attributes', 'features'],
  ...['_namespace', '_revision', '_created', '_modified', '_metadata'],
]);

/**
 * Reads a property with or without its leading slash; `fail` gets the reason when it is none.
 * Names outside a thing are refused, as Ditto does, so that a typing error does not look like an empty result.
 */
export function parseProperty(text: string, fail: (reason: string) => never): RqlProperty {
  const property = pointerOf(text, fail);
  const root = property[0] ?? '';
  const placeholder = /^(?:topic|resource):./.test(root) || timeOf(property) !== undefined;
  if (!ROOTS.has(root) && !placeholder) fail(`unknown property '${text}'`);
  return property;
}

/** Without a leading slash. */
export function formatProperty(property: RqlProperty): string {
  return formatPointer(property).slice(1);
}

/** What follows `time:` in a property that is a time placeholder. */
export function timeOf(property: RqlProperty): string | undefined {
  const [name = '', ...rest] = property;
  if (!name.startsWith('time:') || rest.length > 0) return undefined;
  const time = name.slice('time:'.length);
  return timePlaceholder(time) === undefined ? undefined : time;
}

function pointerOf(text: string, fail: (reason: string) => never): RqlProperty {
  try {
    return parsePointer(text);
  } catch (error) {
    if (error instanceof JsonPointerInvalid) return fail(`unknown property '${text}'`);
    throw error;
  }
}
