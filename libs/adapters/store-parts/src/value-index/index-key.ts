import { isJsonArray, isJsonObject } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { compareText } from '@gemel/model/rql';

/** Stands for every array and object: they sort alike. */
export const COMPOSITE: unique symbol = Symbol('composite');

/**
 * What stands at a property, as an index orders it: absent (undefined), then null, numbers, texts by code point, booleans,
 * and last arrays and objects. That is the order of sorting, where absent and null are alike.
 */
export type IndexKey = undefined | null | number | string | boolean | typeof COMPOSITE;

/** Where the types stand in the order. */
export const RANK = { absent: 0, null: 1, number: 2, string: 3, boolean: 4, composite: 5 } as const;

export function keyOf(value: JsonValue | undefined): IndexKey {
  return isJsonArray(value) || isJsonObject(value) ? COMPOSITE : value;
}

export function rankOf(key: IndexKey): number {
  if (key === null) return RANK.null;
  switch (typeof key) {
    case 'number':
      return RANK.number;
    case 'string':
      return RANK.string;
    case 'boolean':
      return RANK.boolean;
    case 'symbol':
      return RANK.composite;
    default:
      return RANK.absent;
  }
}

export function compareKeys(a: IndexKey, b: IndexKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const rank = rankOf(a) - rankOf(b);
  return rank === 0 && typeof a === 'boolean' ? Number(a) - Number(b) : rank;
}
