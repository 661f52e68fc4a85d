import { compareKeys } from './index-key.js';
import type { IndexKey } from './index-key.js';
import { behind } from './sorted-entries.js';
import type { Entry, Place } from './sorted-entries.js';
import type { ValueIndex } from './value-index.js';

/** Where a walk begins: behind this thing, which has this key; from the beginning of the key when there is no thing. */
export interface WalkStart {
  readonly key: IndexKey;
  readonly id: string | undefined;
}

/**
 * Goes through an index in an order of its keys, things of one key by their ids in both directions. The index may change
 * under way: things that do not move are met once.
 */
export class OrderedWalk {
  /** Of the entry that was given last. */
  key: IndexKey;
  #id: string | undefined;
  #hasBegun: boolean;
  #place: Place | undefined;
  #version = -1;

  constructor(
    readonly index: ValueIndex,
    private readonly direction: 'asc' | 'desc',
    start: WalkStart | undefined,
  ) {
    this.key = start?.key;
    this.#id = start?.id;
    this.#hasBegun = start !== undefined;
  }

  /** The number of the next thing; undefined at the end. */
  next(): number | undefined {
    for (;;) {
      const entry = this.#advance();
      if (entry === undefined) return undefined;
      if (this.index.isSortEntry(entry.thing, entry.key)) return entry.thing;
    }
  }

  #advance(): Entry | undefined {
    const place = this.#place !== undefined && this.#version === this.index.version ? this.#place : this.#seek();
    const entry = this.direction === 'asc' ? this.#entryAt(place) : this.#entryInGroup(place);
    if (entry === undefined) return undefined;
    this.#hasBegun = true;
    this.key = entry.key;
    this.#id = this.index.numbers.idOf(entry.thing);
    return entry;
  }

  #entryAt(place: Place): Entry | undefined {
    const entry = this.index.entries.after(place);
    this.#keep(this.index.entries.next(place));
    return entry;
  }

  /** Descending: the next entry of the same key, else the first of the key below. */
  #entryInGroup(place: Place): Entry | undefined {
    const { entries } = this.index;
    const entry = entries.after(place);
    if (this.#hasBegun && entry !== undefined && compareKeys(entry.key, this.key) === 0) return this.#entryAt(place);
    const key = this.key;
    const top = this.#hasBegun ? entries.seek((other) => compareKeys(other, key) < 0) : place;
    const below = entries.before(top);
    return below === undefined ? undefined : this.#entryAt(entries.seek((other) => compareKeys(other, below.key) < 0));
  }

  /** Behind the entry that was given last; before the first one, descending: behind the last. */
  #seek(): Place {
    const { entries } = this.index;
    if (!this.#hasBegun) return entries.seek(() => this.direction === 'desc');
    return behind(entries, this.index.numbers, { key: this.key, id: this.#id });
  }

  #keep(place: Place): void {
    this.#place = place;
    this.#version = this.index.version;
  }
}
