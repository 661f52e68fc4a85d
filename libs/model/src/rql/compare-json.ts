import type { JsonValue } from '../json/index.js';

/**
 * The order of sorting: null and absent, then numbers, strings (by code point), booleans, and last arrays and objects,
 * which are all alike. Negative, zero or positive.
 */
export function compareJson(a: JsonValue | undefined, b: JsonValue | undefined): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return typeof a === 'boolean' ? Number(a) - Number(b) : 0;
}

/** By code point, which is also the order of the UTF-8 bytes that databases compare. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return weight(unitA) - weight(unitB);
  }
  return a.length - b.length;
}

function rankOf(value: JsonValue | undefined): number {
  if (value === null || value === undefined) return 0;
  switch (typeof value) {
    case 'number':
      return 1;
    case 'string':
      return 2;
    case 'boolean':
      return 3;
    default:
      return 4;
  }
}

/** Surrogates stand for code points above all other code units. */
function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
