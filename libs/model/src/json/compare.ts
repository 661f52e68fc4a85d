import { isJsonArray, isJsonObject, member } from './value.js';
import type { JsonValue } from './value.js';

/** Deep equality; the order of members does not count. */
export function jsonEquals(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (isJsonArray(a) && isJsonArray(b)) {
    return a.length === b.length && a.every((element, index) => jsonEquals(element, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && jsonEquals(member(a, key), member(b, key)));
}

/** 32 bits in hex, equal for equal values whatever the order of their members. Not for secrets. */
export function stableHash(value: JsonValue): string {
  return (hashOf(value) >>> 0).toString(16);
}

function hashOf(value: JsonValue): number {
  if (isJsonArray(value)) return value.reduce<number>((hash, element) => mix(hash, hashOf(element)), 7);
  if (!isJsonObject(value)) return hashText(typeof value === 'string' ? `"${value}` : String(value));
  let sum = 11;
  // A sum does not depend on the order of the members.
  for (const key in value) sum = (sum + mix(hashText(key), hashOf(member(value, key) ?? null))) | 0;
  return sum;
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

/** Every bit of both numbers changes about half of the result's, so that sums of mixes do not collide by their pattern. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a, 31) + b;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
