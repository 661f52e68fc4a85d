import { isJsonObject, member, removesByRegex, withMember, withoutMember } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

/** The attributes that hold the composition; through the extended API only the server writes them. */
export const RESTRICTED_ATTRIBUTES = ['_isType', '_parents', 'type', 'copyOf'] as const;

/** With those of links that are more than a count, of positions, relations, models and versions: only there when they are used. */
export const RESERVED_ATTRIBUTES = [
  ...RESTRICTED_ATTRIBUTES,
  '_links',
  '_position',
  '_relations',
  '_model',
  '_typeVersion',
] as const;

const RESTRICTED: ReadonlySet<string> = new Set(RESERVED_ATTRIBUTES);

/**
 * Whether a body names one of them, whatever the value: null would remove it. So would a regular expression among the keys of
 * a patch, or one that removes the attributes as a whole.
 */
export function hasRestrictedAttributes(body: JsonObject): boolean {
  if (removes(body, 'attributes')) return true;
  const attributes = member(body, 'attributes');
  return (
    isJsonObject(attributes) &&
    RESERVED_ATTRIBUTES.some((key) => Object.hasOwn(attributes, key) || removes(attributes, key))
  );
}

/** An expression that is not valid removes nothing: the decider refuses it. */
function removes(patch: JsonObject, key: string): boolean {
  try {
    return removesByRegex(patch, key);
  } catch {
    return false;
  }
}

/** A thing's attributes of its own, the restricted ones left out. */
export function ownAttributes(thing: JsonObject): JsonObject {
  return filterAttributes(thing, (key) => !RESTRICTED.has(key));
}

/** The restricted attributes that a thing has. */
export function restrictedAttributes(thing: JsonObject): JsonObject {
  return filterAttributes(thing, (key) => RESTRICTED.has(key));
}

/**
 * A body with further attributes, which win over its own.
 * Attributes that are no object are left for the decider to refuse.
 */
export function withAttributes(body: JsonObject, further: JsonObject): JsonObject {
  const attributes: JsonValue = member(body, 'attributes') ?? {};
  return isJsonObject(attributes) ? withMember(body, 'attributes', { ...attributes, ...further }) : body;
}

/** A thing as the extended API shows it: all but `_isType`. */
export function withoutKind(thing: JsonObject): JsonObject {
  const attributes = member(thing, 'attributes');
  return isJsonObject(attributes) ? withMember(thing, 'attributes', withoutMember(attributes, '_isType')) : thing;
}

function filterAttributes(thing: JsonObject, keep: (key: string) => boolean): JsonObject {
  const attributes = member(thing, 'attributes');
  if (!isJsonObject(attributes)) return {};
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => keep(key)));
}
