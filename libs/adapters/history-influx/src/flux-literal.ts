const CONDITIONS_IN_A_ROW = 8;
const CONTROL = /[\x00-\x1F\x7F]/g;

/** A Flux string literal. Nothing of the text can end it, nor be taken for an expression inside it. */
export function fluxString(text: string): string {
  return `"${text.replace(/["\\]|\$\{/g, '\\$&').replace(CONTROL, escapedControl)}"`;
}

/** A Flux regular expression for texts that begin with a stored name, literally. */
export function fluxPrefix(prefix: string): string {
  return `/^${prefix.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}/`;
}

/** The first whole microsecond since 1970 that is not before; Flux has no times outside what a double counts exactly. */
export function fluxTime(micros: number): string {
  const whole = Math.min(Math.max(Math.ceil(micros), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return `time(v: ${BigInt(whole) * 1_000n})`;
}

/** Holds where one of at least one condition does; a balanced tree, because Flux refuses a few hundred `or`s in a row. */
export function fluxAny(conditions: readonly string[]): string {
  if (conditions.length <= CONDITIONS_IN_A_ROW) return `(${conditions.join(' or ')})`;
  const middle = Math.ceil(conditions.length / 2);
  return `(${fluxAny(conditions.slice(0, middle))} or ${fluxAny(conditions.slice(middle))})`;
}

function escapedControl(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
