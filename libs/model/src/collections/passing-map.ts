/** Entries that are added to one Map, beside four for each that stays. */
const ADDED_TO_ONE = 100;

/**
 * A Map that lives long while its entries come and go, such as what is under way, by id.
 *
 * A Map that has taken enough entries goes on in a new table, and in V8 the outgrown one leads to it. The first table that gets old
 * keeps all that follow from being collected young, and whatever was in them when they were outgrown: up to half of all that ever
 * passes gets old with them, and pauses come from that. So a new Map takes over from time to time, to which nothing leads.
 */
export class PassingMap<Key, Value> {
  #entries = new Map<Key, Value>();
  #added = 0;

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#added >= ADDED_TO_ONE + 4 * this.#entries.size) {
      this.#entries = new Map(this.#entries);
      this.#added = 0;
    }
    this.#added++;
    this.#entries.set(key, value);
  }

  /** Whether it was there. */
  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries = new Map();
    this.#added = 0;
  }

  /** Those that were added first come first. They may be deleted on the way, but none be added. */
  keys(): Iterable<Key> {
    return this.#entries.keys();
  }

  /** In the order of `keys`. */
  values(): Iterable<Value> {
    return this.#entries.values();
  }
}
