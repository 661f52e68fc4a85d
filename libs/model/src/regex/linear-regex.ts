import { TEXT_END, TEXT_START, parsePattern } from './regex-pattern.js';
import type { CharTest, PatternNode } from './regex-pattern.js';

/**
 * Regular expressions without backtracking: matching takes time in proportion to pattern and text, whatever they are,
 * because they come from callers. Understands the part of RE2's syntax that filters use.
 */
export interface LinearRegex {
  readonly kind: 'regex';
  readonly source: string;
  /** Steps of the compiled program: matching takes at most that many for each character. */
  readonly steps: number;
  /** Whether the text matches: a part of its first {@link MAX_REGEX_TEXT} characters, or the whole of a text not longer. */
  test(text: string): boolean;
}

const MAX_REGEX_LENGTH = 512;
const MAX_REGEX_TEXT = 4_096;
const MAX_STATES = 2_000;

/** A step of the compiled program: consume one character, go two ways, or hold a condition at the place. */
type Step =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'split'; readonly to: readonly [number, number] }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'assert'; readonly holds: (text: string, index: number) => boolean }
  | { readonly op: 'match' };

/**
 * @param extent what must match: any part of the text, or the whole of it
 * @throws Error saying what is wrong with the pattern
 */
export function compileRegex(source: string, extent: 'part' | 'whole' = 'part'): LinearRegex {
  if (source.length > MAX_REGEX_LENGTH) throw new Error(`a pattern may have ${MAX_REGEX_LENGTH} characters at most`);
  const program: Program = { steps: [], emitted: 0 };
  const pattern = parsePattern(source);
  emit(extent === 'part' ? pattern : { kind: 'sequence', parts: [TEXT_START, pattern, TEXT_END] }, program);
  program.steps.push({ op: 'match' });
  const test = (text: string): boolean =>
    (extent === 'part' || text.length <= MAX_REGEX_TEXT) && run(program.steps, text.slice(0, MAX_REGEX_TEXT));
  return { kind: 'regex', source, steps: program.steps.length, test };
}

interface Program {
  readonly steps: Step[];
  /** Parts written out, those without any step included: what bounds the work. */
  emitted: number;
}

function emit(node: PatternNode, program: Program): void {
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

function emitChoice(parts: readonly PatternNode[], program: Program): void {
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

function emitRepeat(part: PatternNode, min: number, max: number, program: Program): void {
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
