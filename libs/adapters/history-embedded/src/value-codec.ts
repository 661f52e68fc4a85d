import type { PointValue } from '@gemel/application/ports';
import type { Bindable } from '@gemel/sqlite';

const TRUE = Uint8Array.of(1);
const FALSE = Uint8Array.of(0);

/** SQL condition for samples that are numbers. */
export const IS_NUMBER = `typeof(value) IN ('integer', 'real')`;

/**
 * Whole numbers become SQLite integers, which take fewer bytes than doubles. NUL characters become U+FFFD, because libsql
 * ends a text that it reads at the first one.
 */
export function toColumn(value: PointValue): Bindable {
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return value.replaceAll('\0', '\uFFFD');
}

export function fromColumn(value: Bindable | undefined): PointValue {
  // Booleans are the only bytes. libsql gives an ArrayBuffer, node:sqlite a Uint8Array; this takes both.
  if (typeof value === 'object' && value !== null) return new Uint8Array(value)[0] === 1;
  return typeof value === 'string' ? value : Number(value ?? 0);
}
