interface Entry<State> {
  readonly state: State;
  readonly bytes: number;
}

/** What stays after making room. Making it seldom is cheaper: a Map passes over the places of those that left. */
const KEPT_SHARE = 7 / 8;

/** Parsed states in memory, bounded by their estimated size; the least recently used go first. */
export class StateCache<State> {
  readonly #entries = new Map<string, Entry<State>>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Now; hits and misses of `get` since the start. */
  counts(): { readonly entries: number; readonly bytes: number; readonly hits: number; readonly misses: number } {
    return { entries: this.#entries.size, bytes: this.#bytes, hits: this.#hits, misses: this.#misses };
  }

  /** The states as they are now, newest use last. */
  states(): readonly State[] {
    return [...this.#entries.values()].map(({ state }) => state);
  }

  /** How many there are now, by the namespace of their ids. */
  countsByNamespace(): Readonly<Record<string, number>> {
    const counts = new Map<string, number>();
    for (const id of this.#entries.keys()) {
      const namespace = id.slice(0, id.indexOf(':'));
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
    }
    return Object.fromEntries(counts);
  }

  ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Its size as it was given; undefined when it is not there. */
  bytesOf(id: string): number | undefined {
    return this.#entries.get(id)?.bytes;
  }

  /** A state without counting it as used. */
  peek(id: string): State | undefined {
    return this.#entries.get(id)?.state;
  }

  get(id: string): State | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    if (this.#isCrowded()) {
      this.#entries.delete(id);
      this.#entries.set(id, entry);
    }
    return entry.state;
  }

  /** @param bytes estimated size in memory */
  set(id: string, state: State, bytes: number): void {
    // One that can never fit must not drive out all the others.
    if (bytes > this.maxBytes || this.#isCrowded()) this.#delete(id);
    if (bytes > this.maxBytes) return;
    this.#bytes += bytes - (this.#entries.get(id)?.bytes ?? 0);
    this.#entries.set(id, { state, bytes });
    if (this.#bytes > this.maxBytes) this.#makeRoom(bytes);
  }

  /** Keeps a state only if nothing has to go for it: who looks at everything must not drive out what others use. */
  offer(id: string, state: State, bytes: number): void {
    if (this.#bytes + bytes <= this.maxBytes) this.set(id, state, bytes);
  }

  drop(id: string): void {
    this.#delete(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** The order of use matters only when something may have to go soon. */
  #isCrowded(): boolean {
    return this.#bytes > this.maxBytes / 2;
  }

  #delete(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
  }

  /** Leaves at least the newest. */
  #makeRoom(newest: number): void {
    const wanted = Math.max(this.maxBytes * KEPT_SHARE, newest);
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= wanted) return;
      this.#delete(id);
    }
  }
}
