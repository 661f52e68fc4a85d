import { defineError } from '../errors/index.js';

declare const brand: unique symbol;
/** `namespace:name`, at most {@link MAX_ID_LENGTH} characters; only the first colon splits. */
export type ThingId = string & { readonly [brand]: 'ThingId' };
/** Same form as a {@link ThingId}. */
export type PolicyId = string & { readonly [brand]: 'PolicyId' };

/** Longest id accepted, in UTF-16 code units, namespace included. */
export const MAX_ID_LENGTH = 256;

const NAMESPACE = /^(?:|[a-zA-Z]\w*(?:[.-][a-zA-Z]\w*)*)$/;
/** Half a character: two such ids could become one where text is stored as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;
// Ditto's own class: U+007F..U+00FF are refused although higher characters are allowed.
const NAME = /^[^\x00-\x1F\x7F-\xFF/]+$/;

export const ThingIdInvalid = defineError('things:id.invalid', 400, (id: string) => ({
  message: `'${id}' is not a valid Thing ID.`,
  description: `A Thing ID is 'namespace:name' with at most ${MAX_ID_LENGTH} characters; each segment of the namespace starts with a letter, the name holds no '/' and no control characters.`,
}));

export const PolicyIdInvalid = defineError('policies:id.invalid', 400, (id: string) => ({
  message: `'${id}' is not a valid Policy ID.`,
  description: `A Policy ID is 'namespace:name' with at most ${MAX_ID_LENGTH} characters; each segment of the namespace starts with a letter, the name holds no '/' and no control characters.`,
}));

/** @throws ThingIdInvalid */
export function parseThingId(text: string): ThingId {
  if (!isNamespacedId(text)) throw new ThingIdInvalid(text);
  return text as ThingId;
}

/** @throws PolicyIdInvalid */
export function parsePolicyId(text: string): PolicyId {
  if (!isNamespacedId(text)) throw new PolicyIdInvalid(text);
  return text as PolicyId;
}

/** The id a thing's own policy has: the same text. */
export function policyIdOf(thingId: ThingId): PolicyId {
  // oxlint-disable-next-line gemel/no-assertion -- both ids have one form, and the argument was parsed
  return thingId as string as PolicyId;
}

/** Whether the text is a namespace; empty is one, too. */
export function isNamespace(text: string): boolean {
  return NAMESPACE.test(text);
}

export function namespaceOf(id: ThingId | PolicyId): string {
  return id.slice(0, id.indexOf(':'));
}

/** Everything after the first colon. */
export function nameOf(id: ThingId | PolicyId): string {
  return id.slice(id.indexOf(':') + 1);
}

function isNamespacedId(text: string): boolean {
  const colon = text.indexOf(':');
  return (
    colon >= 0 &&
    text.length <= MAX_ID_LENGTH &&
    NAMESPACE.test(text.slice(0, colon)) &&
    NAME.test(text.slice(colon + 1)) &&
    !LONE_SURROGATE.test(text)
  );
}
