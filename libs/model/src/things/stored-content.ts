import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseStoredThing } from './thing.js';
import type { Thing, ThingState } from './thing.js';

/** Content and metadata of a state as one object, as stores keep it: no thing has a member of this name. */
const METADATA = '_metadata';

export function storedContent({ thing, metadata }: Pick<ThingState, 'thing' | 'metadata'>): JsonObject {
  return metadata === undefined ? thing : { ...thing, [METADATA]: metadata };
}

/** What `storedContent` gave; things that were stored without metadata have none. */
export function parseStoredContent(content: JsonValue): { readonly thing: Thing; readonly metadata?: JsonObject } {
  if (!isJsonObject(content) || !Object.hasOwn(content, METADATA)) return { thing: parseStoredThing(content) };
  const { [METADATA]: metadata, ...thing } = content;
  return { thing: parseStoredThing(thing), ...(isJsonObject(metadata) ? { metadata } : undefined) };
}
