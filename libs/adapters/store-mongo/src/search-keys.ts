import { formatPointer, isJsonArray, isJsonObject } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import type { Criteria, RqlProperty, RqlValue } from '@gemel/model/rql';

/*
 * A thing is found by keys: for each value a text of its path, its type and itself, ordered as RQL orders values of that
 * type. Keys may lead to things that do not match, never past one that does; the closure of the criteria decides.
 */

/** Between path and value. A path that holds it leads to more candidates, not to fewer. */
const SEPARATOR = '\u0001';
/** Of a text in a key, in UTF-16 code units. */
const TEXT_LENGTH = 128;
/** Of texts that are looked for in order; shorter than what keys hold, so that a cut text is still on the right side. */
const ORDERED_LENGTH = 100;
/** Of a path in a key, in UTF-16 code units. */
export const PATH_LENGTH = 512;
/** Of one part of a thing. */
const MAX_KEYS = 500;

/** A condition on one key, or on several of the same part of a thing. */
export type KeyFilter =
  | { readonly keys: string }
  | { readonly keys: { readonly $in: string[] } }
  | { readonly keys: { readonly $elemMatch: { readonly $gte: string; readonly $lt: string } } }
  | { readonly $and: KeyFilter[] }
  | { readonly $or: KeyFilter[] };

/** The keys of values, each at its path (a formatted pointer); undefined when it is too much to be indexed. */
export function keysOf(values: readonly (readonly [path: string, value: JsonValue])[]): readonly string[] | undefined {
  const keys = new Set<string>();
  return values.every(([path, value]) => collect(value, path, keys)) ? [...keys] : undefined;
}

/** False when it is too much to be indexed. */
function collect(value: JsonValue, path: string, keys: Set<string>): boolean {
  if (path.length > PATH_LENGTH || keys.size > MAX_KEYS) return false;
  keys.add(keyOf(path, value));
  // Of arrays any element counts, and objects in arrays are looked into without an index in the path.
  if (isJsonArray(value)) return value.every((element) => collect(element, path, keys));
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([name, child]) => collect(child, path + formatPointer([name]), keys));
}

export type Predicate = Extract<Criteria, { readonly property: RqlProperty }>;

/** What the keys of a thing's part at this path must be like. */
export function predicateFilter(predicate: Predicate, path: string): KeyFilter {
  switch (predicate.op) {
    case 'eq':
      return equalTo(path, predicate.value);
    case 'in':
      return anyOfKeys(predicate.values.map((value) => equalTo(path, value)));
    case 'gt':
    case 'ge':
      return ordered(path, predicate.value, 'from');
    case 'lt':
    case 'le':
      return ordered(path, predicate.value, 'to');
    case 'like':
      return like(path, predicate.pattern);
    case 'ilike':
      return startingWith(`${path}${SEPARATOR}s`);
    case 'ne':
    case 'exists':
    case 'empty':
      return startingWith(path + SEPARATOR);
  }
}

function equalTo(path: string, value: RqlValue): KeyFilter {
  // Texts that mean the same instant may be written in many ways.
  if (typeof value === 'object' && value !== null) return startingWith(path + SEPARATOR);
  return { keys: keyOf(path, value) };
}

/** Any of the conditions; those on single keys as one, which a database takes for less than as many. */
export function anyOfKeys(filters: readonly KeyFilter[]): KeyFilter {
  const single: string[] = [];
  const others: KeyFilter[] = [];
  for (const filter of filters) {
    const keys = 'keys' in filter ? singleKeys(filter.keys) : undefined;
    if (keys === undefined) others.push(filter);
    else for (const key of keys) single.push(key);
  }
  if (single.length === 0) return { $or: others };
  const known: KeyFilter = { keys: { $in: single } };
  return others.length === 0 ? known : { $or: [known, ...others] };
}

function singleKeys(keys: Extract<KeyFilter, { readonly keys: unknown }>['keys']): readonly string[] | undefined {
  if (typeof keys === 'string') return [keys];
  return '$in' in keys ? keys.$in : undefined;
}

function ordered(path: string, value: RqlValue, side: 'from' | 'to'): KeyFilter {
  if (typeof value === 'number') return bounded(path, 'n', sortableNumber(value), side);
  if (typeof value === 'string') {
    // Code points are ordered alike everywhere only among themselves; ASCII against anything is.
    return isShortAscii(value) ? bounded(path, 's', value, side) : startingWith(`${path}${SEPARATOR}s`);
  }
  return startingWith(path + SEPARATOR);
}

function bounded(path: string, type: string, bound: string, side: 'from' | 'to'): KeyFilter {
  const prefix = path + SEPARATOR + type;
  return side === 'from' ? between(prefix + bound, after(prefix)) : between(prefix, `${prefix}${bound}\u0000`);
}

function like(path: string, pattern: string): KeyFilter {
  const [literal = ''] = pattern.split(/[*?]/, 1);
  return startingWith(`${path}${SEPARATOR}s${isShortAscii(literal) ? literal : ''}`);
}

function startingWith(prefix: string): KeyFilter {
  return between(prefix, after(prefix));
}

function between($gte: string, $lt: string): KeyFilter {
  return { keys: { $elemMatch: { $gte, $lt } } };
}

/** The first text after all that begin like this; its last character is ASCII. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function isShortAscii(text: string): boolean {
  return text.length <= ORDERED_LENGTH && /^[\x20-\x7e]*$/.test(text);
}

function keyOf(path: string, value: JsonValue): string {
  const prefix = path + SEPARATOR;
  if (value === null) return `${prefix}z`;
  switch (typeof value) {
    case 'number':
      return `${prefix}n${sortableNumber(value)}`;
    case 'string':
      return `${prefix}s${value.slice(0, TEXT_LENGTH)}`;
    case 'boolean':
      return `${prefix}b${String(value)}`;
    default:
      return `${prefix}o`;
  }
}

const bits = new DataView(new ArrayBuffer(8));
const SIGN = 0x8000_0000;

/** 16 hexadecimal digits that sort as the numbers do (IEEE 754, the sign bit flipped, negative ones inverted). */
function sortableNumber(value: number): string {
  // Adding zero makes one of the two zeros.
  bits.setFloat64(0, value + 0);
  const [high, low] = [bits.getUint32(0), bits.getUint32(4)];
  return high >= SIGN ? hexadecimal(~high) + hexadecimal(~low) : hexadecimal(high | SIGN) + hexadecimal(low);
}

/** 8 digits of the 32 bits. */
function hexadecimal(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
