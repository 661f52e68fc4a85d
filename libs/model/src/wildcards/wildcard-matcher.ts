/**
 * Whether a pattern matches the whole text; `*` stands for any characters, `?` for one.
 * Never goes back in the text, so that no pattern from outside can stall us.
 */
export function wildcardMatcher(pattern: string): (text: string) => boolean {
  return pattern.includes('?') ? automaton(pattern) : partsInOrder(pattern.split('*'));
}

function partsInOrder(parts: readonly string[]): (text: string) => boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  const middle = rest.filter((part) => part !== '');
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let position = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, position);
      if (found < 0) return false;
      position = found + part.length;
    }
    return position <= text.length - last.length;
  };
}

/**
 * Shift-And (Baeza-Yates, Gonnet 1992): bit n of the states says whether the first n characters of the pattern can
 * match what was read; a `*` behind them lets the bit stay. Costs pattern / 32 steps a character of the text.
 */
function automaton(pattern: string): (text: string) => boolean {
  const characters = Array.from(pattern).filter((character) => character !== '*');
  const words = (characters.length >>> 5) + 1;
  const stay = staying(pattern, words);
  const any = masks(characters, words, (character) => character === '?');
  const byCharacter = new Map<string, Uint32Array>();
  for (const read of new Set(characters)) {
    byCharacter.set(
      read,
      masks(characters, words, (character) => character === read || character === '?'),
    );
  }
  return (text) => {
    const states = new Uint32Array(words);
    states[0] = 1;
    for (const character of text) step(states, byCharacter.get(character) ?? any, stay);
    return isSet(states, characters.length);
  };
}

function step(states: Uint32Array, advance: Uint32Array, stay: Uint32Array): void {
  let carry = 0;
  for (let word = 0; word < states.length; word++) {
    const state = states[word] ?? 0;
    states[word] = (((state << 1) | carry) & (advance[word] ?? 0)) | (state & (stay[word] ?? 0));
    carry = state >>> 31;
  }
}

/** The states that a `*` follows. */
function staying(pattern: string, words: number): Uint32Array {
  const mask = new Uint32Array(words);
  let state = 0;
  for (const character of pattern) {
    if (character === '*') set(mask, state);
    else state++;
  }
  return mask;
}

/** The states that a character of the pattern leads to. */
function masks(characters: readonly string[], words: number, accepts: (character: string) => boolean): Uint32Array {
  const mask = new Uint32Array(words);
  characters.forEach((character, index) => accepts(character) && set(mask, index + 1));
  return mask;
}

function set(mask: Uint32Array, state: number): void {
  mask[state >>> 5] = (mask[state >>> 5] ?? 0) | (1 << (state & 31));
}

function isSet(mask: Uint32Array, state: number): boolean {
  return (((mask[state >>> 5] ?? 0) >>> (state & 31)) & 1) === 1;
}
