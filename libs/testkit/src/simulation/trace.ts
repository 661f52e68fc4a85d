import { hash32 } from './seeded-random.js';

const LAST_LINES = 60;
/** Odd, so that nothing gets lost. */
const MIXER = 0x85ebca6b;

/** What happened, step by step: all of it as a hash, the last lines as text. */
export class Trace {
  readonly #last: string[] = [];
  readonly #all: string[] | undefined;
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  #steps = 0;

  /** @param whole keeps every line, for looking closely at one run */
  constructor(whole = false) {
    this.#all = whole ? [] : undefined;
  }

  add(line: string): void {
    this.#steps += 1;
    this.#low = hash32(line, this.#low);
    this.#high = Math.imul(this.#high ^ this.#low, MIXER) >>> 0;
    this.#all?.push(line);
    this.#last.push(line);
    if (this.#last.length >= 2 * LAST_LINES) this.#last.splice(0, LAST_LINES);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Equal for runs in which the same happened in the same order. */
  get hash(): string {
    return this.#high.toString(16).padStart(8, '0') + this.#low.toString(16).padStart(8, '0');
  }

  /** Oldest first; all of them when the whole trace is kept. */
  get lines(): readonly string[] {
    return this.#all ?? this.#last.slice(-LAST_LINES);
  }
}
