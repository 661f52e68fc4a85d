import { isJsonArray, parseJson } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { cursorInvalid, resolveSearchOptions } from '@gemel/model/rql';
import type { SearchSort } from '@gemel/model/rql';

/** Where the page before ended, and all of the search it belongs to: whoever goes on need not repeat it. */
export interface Cursor {
  readonly filter: string | undefined;
  readonly namespaces: readonly string[] | undefined;
  readonly sort: readonly SearchSort[];
  /** Sort values of the last row, one for each key of `sort`, then the thing id. */
  readonly after: readonly JsonValue[];
}

/** An opaque text safe in URLs and in `cursor(…)`. */
export function formatCursor({ filter, namespaces, sort, after }: Cursor): string {
  const bytes = new TextEncoder().encode(JSON.stringify([filter ?? null, namespaces ?? null, formatSort(sort), after]));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws SearchOptionInvalid when it is not one of ours; like Ditto without a reason */
export function parseCursor(text: string): Cursor {
  const decoded = decode(text);
  if (!isJsonArray(decoded) || decoded.length !== 4) throw cursorInvalid();
  const [filter = null, namespaces = null, keys, after] = decoded;
  if (filter !== null && typeof filter !== 'string') throw cursorInvalid();
  if (namespaces !== null && !isTexts(namespaces)) throw cursorInvalid();
  const sort = sortOf(keys);
  if (after === undefined || !isJsonArray(after) || after.length !== sort.length + 1) throw cursorInvalid();
  return { filter: filter ?? undefined, namespaces: namespaces ?? undefined, sort, after };
}

/** Whether two orders are the same; what follows the thing id does not matter, and it is the last key in any case. */
export function isSameOrder(a: readonly SearchSort[], b: readonly SearchSort[]): boolean {
  return formatSort(uniqueOrder(a)).join() === formatSort(uniqueOrder(b)).join();
}

function uniqueOrder(sort: readonly SearchSort[]): readonly SearchSort[] {
  const index = sort.findIndex(({ property }) => property === 'thingId');
  return index < 0 ? [...sort, { direction: 'asc', property: 'thingId' }] : sort.slice(0, index + 1);
}

function formatSort(sort: readonly SearchSort[]): readonly string[] {
  return sort.map(({ direction, property }) => (direction === 'asc' ? '+' : '-') + property);
}

function sortOf(texts: JsonValue | undefined): readonly SearchSort[] {
  if (texts === undefined || !isTexts(texts)) throw cursorInvalid();
  const keys = texts.map((text) => ({ direction: directionOf(text), text: text.slice(1) }));
  try {
    return keys.length === 0 ? [] : resolveSearchOptions([{ name: 'sort', keys }]).sort;
  } catch {
    throw cursorInvalid();
  }
}

function directionOf(text: string): SearchSort['direction'] {
  return text.startsWith('-') ? 'desc' : 'asc';
}

function isTexts(value: JsonValue): value is readonly string[] {
  return isJsonArray(value) && value.every((element) => typeof element === 'string');
}

function decode(text: string): JsonValue {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw cursorInvalid();
  }
}
