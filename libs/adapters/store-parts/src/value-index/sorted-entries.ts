import { compareText } from '@gemel/model/rql';
import { compareKeys } from './index-key.js';
import type { IndexKey } from './index-key.js';
import type { ThingNumbers } from './thing-numbers.js';

/** Entries a chunk may have; half of it after a split. */
const CHUNK = 512;

interface Chunk {
  readonly keys: IndexKey[];
  readonly things: number[];
}

export interface Entry {
  readonly key: IndexKey;
  readonly thing: number;
}

/** Entries in a row: those from an offset on. */
export interface Run {
  readonly keys: readonly IndexKey[];
  readonly things: readonly number[];
  readonly offset: number;
}

/** A place between entries. */
export interface Place {
  readonly chunk: number;
  readonly offset: number;
}

/** Whether an entry stands before the place that is looked for; true first, then false, in the order of the entries. */
export type IsBefore = (key: IndexKey, thing: number) => boolean;

/** Pairs of key and thing in the order of key and thing id: a list of short lists, so that no change moves many. */
export class SortedEntries {
  readonly #chunks: Chunk[] = [];
  #size = 0;

  constructor(private readonly numbers: ThingNumbers) {}

  get size(): number {
    return this.#size;
  }

  insert(key: IndexKey, thing: number): void {
    const place = this.#placeOf(key, thing);
    const chunk = this.#chunks[place.chunk] ?? this.#lastChunk();
    const index = this.#chunks[place.chunk] === undefined ? chunk.keys.length : place.offset;
    chunk.keys.splice(index, 0, key);
    chunk.things.splice(index, 0, thing);
    this.#size += 1;
    if (chunk.keys.length > CHUNK) this.#split(this.#chunks.indexOf(chunk));
  }

  /** False when there is no such entry. */
  remove(key: IndexKey, thing: number): boolean {
    const place = this.#placeOf(key, thing);
    const chunk = this.#chunks[place.chunk];
    if (chunk?.things[place.offset] !== thing || compareKeys(chunk.keys[place.offset], key) !== 0) return false;
    chunk.keys.splice(place.offset, 1);
    chunk.things.splice(place.offset, 1);
    this.#size -= 1;
    if (chunk.keys.length === 0) this.#chunks.splice(place.chunk, 1);
    return true;
  }

  /** The place before the first entry that is not before it; behind the last one when all are. */
  seek(isBefore: IsBefore): Place {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { keys, things } = this.#at(middle);
      const last = keys.length - 1;
      if (isBefore(keys[last], things[last] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return { chunk: low, offset: low < this.#chunks.length ? firstNotBefore(this.#at(low), isBefore) : 0 };
  }

  /** How many entries stand before a place. */
  rank({ chunk, offset }: Place): number {
    let rank = offset;
    for (let index = 0; index < chunk; index += 1) rank += this.#at(index).keys.length;
    return rank;
  }

  /** The entry behind a place. */
  after({ chunk, offset }: Place): Entry | undefined {
    const found = this.#chunks[chunk];
    const thing = found?.things[offset];
    return thing === undefined ? undefined : { key: found?.keys[offset], thing };
  }

  before({ chunk, offset }: Place): Entry | undefined {
    if (offset > 0) return this.after({ chunk, offset: offset - 1 });
    const previous = this.#chunks[chunk - 1];
    return previous === undefined ? undefined : this.after({ chunk: chunk - 1, offset: previous.keys.length - 1 });
  }

  next({ chunk, offset }: Place): Place {
    const isInside = offset + 1 < (this.#chunks[chunk]?.keys.length ?? 0);
    return isInside ? { chunk, offset: offset + 1 } : { chunk: chunk + 1, offset: 0 };
  }

  /** The entries of a place's chunk, until the next change; undefined at the end. */
  chunkFrom({ chunk, offset }: Place): Run | undefined {
    const found = this.#chunks[chunk];
    return found === undefined ? undefined : { keys: found.keys, things: found.things, offset };
  }

  #placeOf(key: IndexKey, thing: number): Place {
    const id = this.numbers.idOf(thing);
    return this.seek((otherKey, other) => {
      const order = compareKeys(otherKey, key);
      return order < 0 || (order === 0 && other !== thing && compareText(this.numbers.idOf(other), id) < 0);
    });
  }

  #lastChunk(): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined) return last;
    const first: Chunk = { keys: [], things: [] };
    this.#chunks.push(first);
    return first;
  }

  #split(index: number): void {
    const chunk = this.#at(index);
    const middle = chunk.keys.length >>> 1;
    this.#chunks.splice(index + 1, 0, { keys: chunk.keys.splice(middle), things: chunk.things.splice(middle) });
  }

  #at(index: number): Chunk {
    return this.#chunks[index] ?? { keys: [], things: [] };
  }
}

function firstNotBefore({ keys, things }: Chunk, isBefore: IsBefore): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(keys[middle], things[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place behind an entry, whether it is still there or not. */
export function behind(
  entries: SortedEntries,
  numbers: ThingNumbers,
  { key, id }: { readonly key: IndexKey; readonly id: string | undefined },
): Place {
  return entries.seek((otherKey, other) => {
    const order = compareKeys(otherKey, key);
    return order < 0 || (order === 0 && id !== undefined && compareText(numbers.idOf(other), id) <= 0);
  });
}
