import { SeededRandom } from './seeded-random.js';
import { Trace } from './trace.js';

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** A promise of the system that did not hold. */
export interface Violation {
  readonly invariant: string;
  readonly detail: string;
  /** Virtual milliseconds since the beginning. */
  readonly at: number;
}

/**
 * Virtual time on a seed: what is to happen happens one thing after the other, each with all that follows from it at
 * once, and no real time passes in between.
 */
export class VirtualWorld {
  readonly trace: Trace;
  readonly #queue: Happening[] = [];
  readonly #streams = new Map<string, SeededRandom>();
  #now = 0;
  #order = 0;
  #violation: Violation | undefined;

  constructor(
    private readonly seed: string,
    wholeTrace = false,
  ) {
    this.trace = new Trace(wholeTrace);
  }

  /** Virtual milliseconds since the beginning, with fractions. */
  get now(): number {
    return this.#now;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Choices of their own for each name, so that one part's choices do not shift another's when a scenario shrinks. */
  random(name: string): SeededRandom {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const stream = new SeededRandom(`${this.seed}/${name}`);
    this.#streams.set(name, stream);
    return stream;
  }

  /** What is due at the same time happens in the order of the calls. */
  after(ms: number, happen: () => void): void {
    this.#push({ at: this.#now + Math.max(0, ms), order: (this.#order += 1), happen });
  }

  note(who: string, what: string): void {
    this.trace.add(`${this.#now.toFixed(2)} ${who} ${what}`);
  }

  /** The first one ends the run. */
  violate(invariant: string, detail: string): void {
    this.#violation ??= { invariant, detail, at: this.#now };
    this.note('!', `${invariant}: ${detail}`);
  }

  /** Lets happen what is due until then, or until a violation. */
  run(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          if (!this.step(until)) {
            if (this.#violation === undefined) this.#now = Math.max(this.#now, until);
            resolve();
            return;
          }
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        // A tick asked for by a microtask comes when no microtask is left: whatever followed from the step is done.
        queueMicrotask(() => process.nextTick(step));
      };
      queueMicrotask(() => process.nextTick(step));
    });
  }

  /** Lets the next thing happen; false when none is due by then. What follows from it in promises is still to come. */
  step(until = Infinity): boolean {
    const next = this.#queue[0];
    if (next === undefined || next.at > until || this.#violation !== undefined) return false;
    this.#pop();
    this.#now = next.at;
    next.happen();
    return true;
  }

  #push(happening: Happening): void {
    const queue = this.#queue;
    let index = queue.length;
    queue.push(happening);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = queue[parent];
      if (above === undefined || !isBefore(happening, above)) break;
      queue[index] = above;
      index = parent;
    }
    queue[index] = happening;
  }

  #pop(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (last === undefined || queue.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = queue[left + 1];
      let below = queue[left];
      if (below === undefined) break;
      let child = left;
      if (right !== undefined && isBefore(right, below)) {
        below = right;
        child = left + 1;
      }
      if (!isBefore(below, last)) break;
      queue[index] = below;
      index = child;
    }
    queue[index] = last;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
