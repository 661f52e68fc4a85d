import { formatPointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { ThingState } from '@gemel/model/things';
import { ChangeJournal } from './change-journal.js';
import { Slice } from './slice.js';
import { ThingNumbers } from './thing-numbers.js';
import { ValueIndex } from './value-index.js';

/** Things, as the indexes read them. */
export interface IndexedThings {
  /** Every thing, one by one: others may change them in between. */
  allStates(): Iterable<ThingState>;
  thing(id: string): ThingState | undefined;
}

export interface ShelfOptions {
  /** Entries that all indexes together may have: about 130 bytes each. @default 1,000,000 */
  readonly maxEntries?: number;
  /** Changes that an index may be behind; one that is asked for later is made again. @default 50,000 */
  readonly maxBehind?: number;
  /** With fewer things nothing is indexed: a look at all of them is as fast. @default 1,000 */
  readonly fewThings?: number;
  /** Milliseconds since some moment. @default performance.now */
  readonly now?: () => number;
}

const MAX_ENTRIES = 1_000_000;
const MAX_BEHIND = 50_000;
/** Things between two looks at the clock. */
const LOOK_EVERY = 32;
const UNUSED_MS = 600_000;
const MAX_DELETED = 100_000;

interface Shelved {
  readonly index: ValueIndex;
  /** Changes before it are in the index. */
  position: number;
  usedAt: number;
  catchingUp: Promise<void> | undefined;
}

/**
 * Indexes of single properties, made when they are asked for and dropped when nobody asks any more. A write costs them next
 * to nothing: they catch up with the changes before they are read.
 */
export class IndexShelf {
  #numbers = new ThingNumbers();
  readonly #shelved = new Map<string, Shelved>();
  readonly #wanted = new Map<string, JsonPointer>();
  readonly #journal: ChangeJournal;
  readonly #maxEntries: number;
  readonly #now: () => number;
  #making: Promise<void> | undefined;
  #isStopped = false;

  constructor(
    private readonly things: IndexedThings,
    { maxEntries = MAX_ENTRIES, maxBehind = MAX_BEHIND, now = () => performance.now() }: ShelfOptions = {},
  ) {
    this.#journal = new ChangeJournal(maxBehind);
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  /** To be told after each commit. */
  changed(id: string): void {
    if (this.#shelved.size > 0 || this.#making !== undefined) this.#journal.add(id);
  }

  /** The index of a property, not behind any write; undefined when there is none yet: then it is being made. */
  async get(property: JsonPointer): Promise<ValueIndex | undefined> {
    const name = formatPointer(property);
    const shelved = this.#shelved.get(name);
    if (shelved === undefined) {
      this.#want(name, property);
      return undefined;
    }
    shelved.usedAt = this.#now();
    while (shelved.position < this.#journal.end) {
      if (shelved.position < this.#journal.start) {
        this.#shelved.delete(name);
        this.#want(name, property);
        return undefined;
      }
      shelved.catchingUp ??= this.#catchUp(shelved).finally(() => (shelved.catchingUp = undefined));
      await shelved.catchingUp;
    }
    return shelved.index;
  }

  /** Resolves when nothing is being made. */
  async settled(): Promise<void> {
    while (this.#making !== undefined) await this.#making;
  }

  get counts(): { readonly indexes: number; readonly entries: number; readonly pending: number } {
    let entries = 0;
    for (const { index } of this.#shelved.values()) entries += index.entries.size;
    const pending = this.#making === undefined ? 0 : 1 + this.#wanted.size;
    return { indexes: this.#shelved.size, entries, pending };
  }

  /** Makes nothing any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.settled();
  }

  #want(name: string, property: JsonPointer): void {
    if (this.#isStopped) return;
    this.#wanted.set(name, property);
    this.#making ??= this.#makeWanted().finally(() => (this.#making = undefined));
  }

  async #makeWanted(): Promise<void> {
    for (const [name, property] of this.#wanted) {
      this.#wanted.delete(name);
      if (this.#isStopped) return;
      const shelved = await this.#make(property);
      if (shelved === undefined) continue;
      this.#shelved.set(name, shelved);
      this.#dropUnused(name);
    }
  }

  /** Undefined when it would be too large, or when there is no time any more. */
  async #make(property: JsonPointer): Promise<Shelved | undefined> {
    if (this.#shelved.size === 0) this.#numbers = new ThingNumbers();
    const index = new ValueIndex(property, this.#numbers);
    const position = this.#journal.end;
    const slice = new Slice(LOOK_EVERY, this.#now);
    for (const state of this.things.allStates()) {
      index.apply(state.thing.thingId, state);
      if (slice.isOver) await slice.next();
      if (this.#isStopped || index.entries.size > this.#maxEntries) return undefined;
    }
    return { index, position, usedAt: this.#now(), catchingUp: undefined };
  }

  async #catchUp(shelved: Shelved): Promise<void> {
    const { end } = this.#journal;
    const slice = new Slice(LOOK_EVERY, this.#now);
    for (const id of this.#journal.since(shelved.position) ?? []) {
      shelved.index.apply(id, this.things.thing(id));
      if (slice.isOver) await slice.next();
    }
    shelved.position = end;
    // Numbers of deleted things are given back all at once.
    if (this.#numbers.size > MAX_DELETED + 2 * shelved.index.entries.size) this.#shelved.clear();
  }

  /** Those nobody has used for long, and the longest unused ones when all together are too large. */
  #dropUnused(newest: string): void {
    const now = this.#now();
    const others = [...this.#shelved]
      .filter(([name]) => name !== newest)
      .toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [name, { usedAt }] of others) {
      if (now - usedAt > UNUSED_MS || this.counts.entries > this.#maxEntries) this.#shelved.delete(name);
    }
  }
}
