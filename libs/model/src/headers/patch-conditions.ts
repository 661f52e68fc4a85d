import { JsonPointerInvalid, isJsonObject, parseJson, parsePointer } from '../json/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import { headerTypeInvalid } from './header-invalid.js';

/** A part of a merge patch, relative to the patch's path, and the RQL under which it is applied. */
export type PatchCondition = readonly [part: JsonPointer, condition: string];

const NAME = 'merge-thing-patch-conditions';

/**
 * The header `merge-thing-patch-conditions`: a JSON object of pointers and RQL expressions (Ditto, "Path-specific
 * conditions"); undefined when it is absent. The expressions are not looked at.
 * @throws HeaderInvalid
 */
export function parsePatchConditions(text: string | undefined): readonly PatchCondition[] | undefined {
  if (text === undefined) return undefined;
  const value = parsed(text);
  if (!isJsonObject(value)) throw invalid(text);
  return Object.entries(value).map(([pointer, condition]) => {
    if (typeof condition !== 'string') throw invalid(text);
    return [pointerOf(pointer, text), condition];
  });
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    throw invalid(text);
  }
}

function pointerOf(pointer: string, text: string): JsonPointer {
  try {
    return parsePointer(pointer);
  } catch (error) {
    if (error instanceof JsonPointerInvalid) throw invalid(text);
    throw error;
  }
}

function invalid(text: string) {
  return headerTypeInvalid(NAME, text, 'JSON object');
}
