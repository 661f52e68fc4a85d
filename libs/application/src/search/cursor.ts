import { parseJson, stableHash } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { defineError } from '@gemel/model/errors';

export const SearchCursorInvalid = defineError('thing-search:search.option.invalid', 400, (reason: string) => ({
  message: `The cursor cannot be used: ${reason}.`,
  description: 'Send the cursor of the page before, with the same filter, namespaces and sort.',
}));

/** What a page continues: the search it belongs to, and where the page before ended. */
interface Cursor {
  readonly fingerprint: string;
  readonly after: readonly JsonValue[];
}

/** Identifies filter, namespaces and sort, which must stay the same from page to page. */
export function fingerprint(query: JsonValue): string {
  return stableHash(query);
}

/** An opaque text safe in URLs and in `cursor(…)`. */
export function formatCursor(cursor: Cursor): string {
  const bytes = new TextEncoder().encode(JSON.stringify([cursor.fingerprint, cursor.after]));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** @throws SearchCursorInvalid when it is not one of ours or belongs to another search */
export function parseCursor(text: string, expected: string, sortKeys: number): readonly JsonValue[] {
  const decoded = decode(text);
  if (!Array.isArray(decoded) || decoded.length !== 2) throw new SearchCursorInvalid('it is damaged');
  const [found, after] = decoded as readonly JsonValue[];
  if (found !== expected) throw new SearchCursorInvalid('it belongs to another search');
  if (!Array.isArray(after) || after.length !== sortKeys + 1) throw new SearchCursorInvalid('it is damaged');
  return after as readonly JsonValue[];
}

function decode(text: string): JsonValue {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new SearchCursorInvalid('it is damaged');
  }
}
