const MAX_REPEAT = 100;
const MAX_NESTING = 50;

/** Whether a UTF-16 code unit is one of those meant. */
export type CharTest = (code: number) => boolean;

/** A pattern's syntax: what consumes a character, what holds at a place, and how they are put together. */
export type PatternNode =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'assert'; readonly holds: (text: string, index: number) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number };

export const TEXT_START: PatternNode = { kind: 'assert', holds: (_text, index) => index === 0 };
export const TEXT_END: PatternNode = { kind: 'assert', holds: (text, index) => index === text.length };

/** Reads RE2's syntax as far as filters use it. @throws Error saying what is wrong with the pattern */
export function parsePattern(source: string): PatternNode {
  return new PatternParser(source).parse();
}

const isDigit: CharTest = (code) => code >= 48 && code <= 57;
const isWord: CharTest = (code) =>
  isDigit(code) || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isSpace: CharTest = (code) => code === 32 || (code >= 9 && code <= 13 && code !== 11);
const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);
const CLASSES: ReadonlyMap<string, CharTest> = new Map([
  ['d', isDigit],
  ['D', not(isDigit)],
  ['w', isWord],
  ['W', not(isWord)],
  ['s', isSpace],
  ['S', not(isSpace)],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
]);

function wordBoundary(text: string, index: number): boolean {
  return isWordAt(text, index - 1) !== isWordAt(text, index);
}

function isWordAt(text: string, index: number): boolean {
  return index >= 0 && index < text.length && isWord(text.charCodeAt(index));
}

class PatternParser {
  #at = 0;
  #nesting = 0;
  #ignoreCase = false;

  constructor(private readonly source: string) {}

  parse(): PatternNode {
    if (this.source.startsWith('(?i)')) {
      this.#ignoreCase = true;
      this.#at = 4;
    }
    const node = this.#choice();
    if (this.#at < this.source.length) throw new Error(`an unexpected '${this.#peek()}' stands in the pattern`);
    return node;
  }

  #peek(): string {
    return this.source.charAt(this.#at);
  }

  #take(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): PatternNode {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw new Error('the groups of the pattern are nested too deeply');
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#nesting -= 1;
    return { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.source.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeat());
    return { kind: 'sequence', parts };
  }

  #repeat(): PatternNode {
    let part = this.#atom();
    for (let range = this.#quantifier(); range !== undefined; range = this.#quantifier()) {
      // Lazy or greedy makes no difference to whether anything matches.
      this.#take('?');
      part = { kind: 'repeat', part, min: range[0], max: range[1] };
      if (this.#peek() === '*' || this.#peek() === '+') throw new Error('a repetition follows a repetition');
    }
    return part;
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    const braces = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.source.slice(this.#at));
    if (braces === null) return undefined;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === '' ? min : braces[3] === '' ? Infinity : Number(braces[3]);
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT) || max < min) {
      throw new Error(`a repetition must be in order and ${MAX_REPEAT} at most`);
    }
    return [min, max];
  }

  #atom(): PatternNode {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return { kind: 'char', test: this.#folded(this.#set()) };
    if (this.#take('.')) return { kind: 'char', test: (code) => code !== 10 };
    if (this.#take('^')) return TEXT_START;
    if (this.#take('$')) return TEXT_END;
    if (this.#take('\\b')) return { kind: 'assert', holds: wordBoundary };
    if (this.#take('\\B')) return { kind: 'assert', holds: (text, index) => !wordBoundary(text, index) };
    if ('*+?'.includes(this.#peek())) throw new Error(`'${this.#peek()}' has nothing to repeat`);
    const test = this.#character();
    return { kind: 'char', test: this.#folded(typeof test === 'number' ? (code) => code === test : test) };
  }

  #group(): PatternNode {
    if (this.#take('?') && !this.#take(':')) {
      const named = /^P?<\w+>/.exec(this.source.slice(this.#at));
      if (named === null) throw new Error('look-around and flags inside a pattern are not supported');
      this.#at += named[0].length;
    }
    const node = this.#choice();
    if (!this.#take(')')) throw new Error("a ')' is missing in the pattern");
    return node;
  }

  #set(): CharTest {
    const negated = this.#take('^');
    const tests: CharTest[] = [];
    // A ']' right at the start is a character like any other.
    for (let first = true; first || !this.#take(']'); first = false) {
      if (this.#at >= this.source.length) throw new Error("a ']' is missing in the pattern");
      const low = this.#character();
      if (typeof low !== 'number') {
        tests.push(low);
        continue;
      }
      const ranged = this.#peek() === '-' && this.source.charAt(this.#at + 1) !== ']';
      if (ranged) this.#at += 1;
      const high = ranged ? this.#character() : low;
      if (typeof high !== 'number' || high < low) throw new Error('a character range of the pattern is out of order');
      tests.push((code) => code >= low && code <= high);
    }
    const any: CharTest = (code) => tests.some((test) => test(code));
    return negated ? not(any) : any;
  }

  /** One character's code, or the class that an escape stands for. */
  #character(): number | CharTest {
    if (this.#at >= this.source.length) throw new Error('the pattern ends too early');
    if (!this.#take('\\')) {
      const code = this.source.charCodeAt(this.#at);
      this.#at += 1;
      return code;
    }
    const escaped = this.#peek();
    this.#at += 1;
    const known = CLASSES.get(escaped) ?? CONTROLS.get(escaped);
    if (known !== undefined) return known;
    if (escaped === '' || isWord(escaped.charCodeAt(0))) throw new Error(`the escape '\\${escaped}' is not supported`);
    return escaped.charCodeAt(0);
  }

  #folded(test: CharTest): CharTest {
    if (!this.#ignoreCase) return test;
    return (code) => {
      const letter = String.fromCharCode(code);
      return test(code) || test(letter.toLowerCase().charCodeAt(0)) || test(letter.toUpperCase().charCodeAt(0));
    };
  }
}
