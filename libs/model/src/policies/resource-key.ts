import { formatPointer, parsePointer } from '../json/index.js';
import type { JsonPointer } from '../json/index.js';
import { PolicyEntryInvalid } from './errors.js';
import { RESOURCE_TYPES } from './policy.js';
import type { ResourceType } from './policy.js';

/** What permissions are about: everything at and below a path of a thing, a policy, or the messages of a thing. */
export interface ResourceKey {
  readonly type: ResourceType;
  readonly path: JsonPointer;
}

/**
 * Reads `thing:/features/x`; the slash after the colon may be missing.
 * @throws PolicyEntryInvalid unknown type, JsonPointerInvalid
 */
export function parseResourceKey(text: string): ResourceKey {
  const colon = text.indexOf(':');
  const type = RESOURCE_TYPES.find((known) => known === text.slice(0, colon));
  if (type === undefined) {
    throw new PolicyEntryInvalid(
      `'${text}' names no resource`,
      `A resource is 'type:/path' with the type ${RESOURCE_TYPES.join(', ')}.`,
    );
  }
  return { type, path: parsePointer(text.slice(colon + 1)) };
}

export function formatResourceKey({ type, path }: ResourceKey): string {
  return `${type}:${formatPointer(path)}`;
}
