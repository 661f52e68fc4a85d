import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { VersionRangeInvalid } from './errors.js';
import { parseVersionRange } from './versions.js';
import type { VersionRange } from './versions.js';

/** A type that another one takes from: the newest version in a range, or the type as it is now. */
export interface TypeReference {
  readonly text: string;
  readonly typeId: ThingId;
  readonly range: VersionRange | undefined;
}

/**
 * Reads `<typeId>` or `<typeId>@<range>`. An `@` belongs to the id when no range follows it.
 * @throws ThingIdInvalid
 */
export function parseTypeReference(text: string): TypeReference {
  const at = text.lastIndexOf('@');
  const range = at < 0 ? undefined : rangeIn(text.slice(at + 1));
  return { text, typeId: parseThingId(range === undefined ? text : text.slice(0, at)), range };
}

function rangeIn(text: string): VersionRange | undefined {
  try {
    return parseVersionRange(text);
  } catch (error) {
    if (error instanceof VersionRangeInvalid) return undefined;
    throw error;
  }
}
