import { formatPointer, parsePointer } from '../json/index.js';
import { timePlaceholder } from '../placeholders/index.js';
import type { RqlProperty } from './criteria.js';

/** What a property is asked for: its value, whether it is there, or to sort by it. */
export type PropertyUse = 'value' | 'presence' | 'sort';

const SIMPLE: ReadonlySet<string> = new Set([
  ...['thingId', 'policyId', 'definition', 'namespace'],
  ...['_namespace', '_revision', '_created', '_modified', '_metadata'],
]);
/** Everything below them is a property. */
const CONTAINERS = ['attributes/', '_metadata/'];
/** What of a feature can be asked for; `.+` as in Ditto does not span lines. */
const OF_FEATURE: Readonly<Record<PropertyUse, RegExp>> = {
  value: /^features\/[^/]+\/(?:(?:properties|desiredProperties)\/.+|definition\/?)$/,
  presence:
    /^features\/[^/]+(?:\/(?:(?:properties|desiredProperties)\/.+|(?:properties|desiredProperties|definition)\/?))?$/,
  sort: /^features\/[^/]+\/(?:properties|desiredProperties)\/.+$/,
};
const PLACEHOLDER = /^(?:topic|resource):./;

/**
 * Reads a property with or without its leading slash; undefined when Ditto knows none of that name: not every part of a
 * thing is one, for example not `attributes` as a whole.
 * @throws JsonPointerInvalid
 */
export function parseProperty(text: string, use: PropertyUse): RqlProperty | undefined {
  const name = text.startsWith('/') ? text.slice(1) : text;
  const isProperty = SIMPLE.has(name) || CONTAINERS.some((root) => name.startsWith(root)) || OF_FEATURE[use].test(name);
  if (isProperty) return parsePointer(/^features\/[^/]+\/[^/]+\/$/.test(name) ? name.slice(0, -1) : name);
  if (use === 'sort' || !isPlaceholder(name)) return undefined;
  return [name];
}

/**
 * A property by which things can be told apart: of the thing itself, and not of any feature; undefined when it is none.
 * @throws JsonPointerInvalid
 */
export function parseGroupingProperty(text: string): RqlProperty | undefined {
  const property = parseProperty(text, 'value');
  const isOfAnyFeature = property?.[0] === 'features' && property[1] === '*';
  return property === undefined || isOfAnyFeature || isPlaceholderProperty(property) ? undefined : property;
}

/** Without a leading slash. */
export function formatProperty(property: RqlProperty): string {
  return isPlaceholder(property[0] ?? '') ? property.join('/') : formatPointer(property).slice(1);
}

/** `topic:…`, `resource:…` or `time:…`, which say nothing about the thing. */
export function isPlaceholderProperty(property: RqlProperty): boolean {
  return isPlaceholder(property[0] ?? '');
}

/** What follows `time:` in a property that is a time placeholder. */
export function timeOf(property: RqlProperty): string | undefined {
  const [name = '', ...rest] = property;
  return rest.length === 0 ? timeIn(name) : undefined;
}

function isPlaceholder(name: string): boolean {
  return PLACEHOLDER.test(name) || timeIn(name) !== undefined;
}

function timeIn(name: string): string | undefined {
  if (!name.startsWith('time:')) return undefined;
  const time = name.slice('time:'.length);
  return timePlaceholder(time) === undefined ? undefined : time;
}
