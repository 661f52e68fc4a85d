const CONTROL = /[\x00-\x1F\x7F]/g;

/** A Flux string literal. Nothing of the text can end it, nor be taken for an expression inside it. */
export function fluxString(text: string): string {
  return `"${text.replace(/["\\]|\$\{/g, '\\$&').replace(CONTROL, escapedControl)}"`;
}

/** A Flux regular expression for texts that begin with a stored name, literally. */
export function fluxPrefix(prefix: string): string {
  return `/^${prefix.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}/`;
}

/** Microseconds since 1970 as a Flux time. */
export function fluxTime(micros: number): string {
  return `time(v: ${BigInt(micros) * 1_000n})`;
}

function escapedControl(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
