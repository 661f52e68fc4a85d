import { StoreUnavailable } from '@gemel/application/ports';
import { laterInNode } from './later.js';
import type { Later } from './later.js';

/** So many askers of one question are a sign that more come: the next one waits for them. */
const MANY = 16;
const GATHER_MS = 2;

interface Waiting<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads together what is asked for in one turn of the event loop, or while the reads before it are under way, each id
 * once: the busier the server, the more of them share a question, and a busy one gathers for two milliseconds. A read
 * begins after it was asked for, so that it sees whatever was written before.
 */
export class BatchedReads<Value> {
  #waiting = new Map<string, Waiting<Value>[]>();
  #isUnderWay = false;
  #scheduled = false;
  /** Who asked since the last question began. */
  #waitingAskers = 0;
  /** Who shared the last question. */
  #askers = 0;

  constructor(
    private readonly readAll: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    private readonly later: Later = laterInNode,
  ) {}

  read(id: string): Promise<Value | undefined> {
    this.#waitingAskers += 1;
    return this.#wait(id);
  }

  /** Those that there are, in the order of the ids. Whoever asks for many is no sign that more come: it is one asker. */
  async readMany(ids: readonly string[]): Promise<ReadonlyMap<string, Value>> {
    this.#waitingAskers += 1;
    const values = await Promise.all(ids.map((id) => this.#wait(id)));
    const found = new Map<string, Value>();
    for (const [index, id] of ids.entries()) {
      const value = values[index];
      if (value !== undefined) found.set(id, value);
    }
    return found;
  }

  #wait(id: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const before = this.#waiting.get(id);
      if (before === undefined) this.#waiting.set(id, [{ resolve, reject }]);
      else before.push({ resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0 || this.#isUnderWay) return;
    this.#scheduled = true;
    this.later(this.#askers < MANY ? 0 : GATHER_MS, () => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#takeWaiting();
    this.#askers = this.#waitingAskers;
    this.#waitingAskers = 0;
    this.#isUnderWay = true;
    try {
      const found = await this.readAll([...batch.keys()]);
      for (const [id, waiting] of batch) for (const { resolve } of waiting) resolve(found.get(id));
    } catch (error) {
      rejectAll(batch, error);
      // It was tried for as long as anybody should wait: those behind need not wait for the same again.
      if (error instanceof StoreUnavailable) rejectAll(this.#takeWaiting(), error);
    } finally {
      this.#isUnderWay = false;
      this.#schedule();
    }
  }

  #takeWaiting(): ReadonlyMap<string, readonly Waiting<Value>[]> {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    return waiting;
  }
}

function rejectAll<Value>(batch: ReadonlyMap<string, readonly Waiting<Value>[]>, error: unknown): void {
  for (const waiting of batch.values()) for (const { reject } of waiting) reject(error);
}
