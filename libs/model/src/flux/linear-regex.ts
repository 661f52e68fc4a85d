/**
 * Regular expressions without backtracking: matching takes time in proportion to pattern and text, whatever they are,
 * because they come from callers. Understands the part of RE2's syntax that filters use.
 */
export interface LinearRegex {
  readonly kind: 'regex';
  readonly source: string;
  /** True when any part of the text matches; only its first {@link MAX_REGEX_TEXT} characters are looked at. */
  test(text: string): boolean;
}

export const MAX_REGEX_LENGTH = 512;
export const MAX_REGEX_TEXT = 4_096;
const MAX_STATES = 2_000;
const MAX_REPEAT = 100;
const MAX_NESTING = 50;

type CharTest = (code: number) => boolean;
/** A step of the compiled program: consume one character, go two ways, or hold a condition at the place. */
type Step =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'split'; readonly to: readonly [number, number] }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'assert'; readonly holds: (text: string, index: number) => boolean }
  | { readonly op: 'match' };

type Node =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'assert'; readonly holds: (text: string, index: number) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

/** @throws Error saying what is wrong with the pattern */
export function compileRegex(source: string): LinearRegex {
  if (source.length > MAX_REGEX_LENGTH) throw new Error(`a pattern may have ${MAX_REGEX_LENGTH} characters at most`);
  const program: Program = { steps: [], emitted: 0 };
  emit(new PatternParser(source).parse(), program);
  program.steps.push({ op: 'match' });
  return { kind: 'regex', source, test: (text) => run(program.steps, text.slice(0, MAX_REGEX_TEXT)) };
}

interface Program {
  readonly steps: Step[];
  /** Parts written out, those without any step included: what bounds the work. */
  emitted: number;
}

function emit(node: Node, program: Program): void {
  program.emitted += 1;
  if (program.emitted > MAX_STATES) throw new Error('the pattern is too large when its repetitions are written out');
  switch (node.kind) {
    case 'char':
      program.steps.push({ op: 'char', test: node.test });
      break;
    case 'assert':
      program.steps.push({ op: 'assert', holds: node.holds });
      break;
    case 'sequence':
      for (const part of node.parts) emit(part, program);
      break;
    case 'choice':
      emitChoice(node.parts, program);
      break;
    case 'repeat':
      emitRepeat(node.part, node.min, node.max, program);
      break;
  }
}

function emitChoice(parts: readonly Node[], program: Program): void {
  const ends: number[] = [];
  parts.forEach((part, index) => {
    if (index === parts.length - 1) {
      emit(part, program);
      return;
    }
    const split = program.steps.push({ op: 'match' }) - 1;
    emit(part, program);
    ends.push(program.steps.push({ op: 'match' }) - 1);
    program.steps[split] = { op: 'split', to: [split + 1, program.steps.length] };
  });
  for (const end of ends) program.steps[end] = { op: 'jump', to: program.steps.length };
}

function emitRepeat(part: Node, min: number, max: number, program: Program): void {
  for (let count = 0; count < min; count += 1) emit(part, program);
  if (max === Infinity) {
    const split = program.steps.push({ op: 'match' }) - 1;
    emit(part, program);
    program.steps.push({ op: 'jump', to: split });
    program.steps[split] = { op: 'split', to: [split + 1, program.steps.length] };
    return;
  }
  const splits: number[] = [];
  for (let count = min; count < max; count += 1) {
    splits.push(program.steps.push({ op: 'match' }) - 1);
    emit(part, program);
  }
  for (const split of splits) program.steps[split] = { op: 'split', to: [split + 1, program.steps.length] };
}

/** All threads advance together, each program place once per character: the linear bound. */
function run(program: readonly Step[], text: string): boolean {
  const seen = new Int32Array(program.length).fill(-1);
  let current: number[] = [];
  for (let index = 0; index <= text.length; index += 1) {
    // An unanchored search starts anew at every character.
    if (follow(program, 0, text, index, seen, current)) return true;
    const next: number[] = [];
    if (index === text.length) break;
    const code = text.charCodeAt(index);
    for (const place of current) {
      const step = program[place];
      if (step?.op === 'char' && step.test(code) && follow(program, place + 1, text, index + 1, seen, next))
        return true;
    }
    current = next;
  }
  return false;
}

/** Adds the consuming steps reachable without a character; true when the match is reached. */
function follow(
  program: readonly Step[],
  start: number,
  text: string,
  index: number,
  seen: Int32Array,
  threads: number[],
): boolean {
  const open = [start];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen[place] === index) continue;
    seen[place] = index;
    const step = program[place];
    if (step === undefined) continue;
    if (step.op === 'match') return true;
    if (step.op === 'char') threads.push(place);
    else if (step.op === 'jump') open.push(step.to);
    else if (step.op === 'split') open.push(...step.to);
    else if (step.holds(text, index)) open.push(place + 1);
  }
  return false;
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

  parse(): Node {
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

  #choice(): Node {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) throw new Error('the groups of the pattern are nested too deeply');
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#nesting -= 1;
    return { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.source.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeat());
    return { kind: 'sequence', parts };
  }

  #repeat(): Node {
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

  #atom(): Node {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return { kind: 'char', test: this.#folded(this.#set()) };
    if (this.#take('.')) return { kind: 'char', test: (code) => code !== 10 };
    if (this.#take('^')) return { kind: 'assert', holds: (_text, index) => index === 0 };
    if (this.#take('$')) return { kind: 'assert', holds: (text, index) => index === text.length };
    if (this.#take('\\b')) return { kind: 'assert', holds: wordBoundary };
    if (this.#take('\\B')) return { kind: 'assert', holds: (text, index) => !wordBoundary(text, index) };
    if ('*+?'.includes(this.#peek())) throw new Error(`'${this.#peek()}' has nothing to repeat`);
    const test = this.#character();
    return { kind: 'char', test: this.#folded(typeof test === 'number' ? (code) => code === test : test) };
  }

  #group(): Node {
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
