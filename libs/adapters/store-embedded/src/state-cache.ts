/** Parsed JSON takes about this many times the length of its text. */
const BYTES_PER_CHARACTER = 3;
/** What an entry takes beside its content. */
const BYTES_PER_ENTRY = 300;

interface Entry<State> {
  readonly state: State;
  readonly bytes: number;
}

/** Parsed states in memory, bounded by their estimated size; the least recently used go first. */
export class StateCache<State> {
  readonly #entries = new Map<string, Entry<State>>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The states, newest use last. */
  *states(): IterableIterator<State> {
    for (const { state } of this.#entries.values()) yield state;
  }

  /** A state without counting it as used. */
  peek(id: string): State | undefined {
    return this.#entries.get(id)?.state;
  }

  get(id: string): State | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    // The order of use matters only when something may have to go.
    if (this.#bytes > this.maxBytes / 2) {
      this.#entries.delete(id);
      this.#entries.set(id, entry);
    }
    return entry.state;
  }

  /** @param textLength length of the state as JSON text */
  set(id: string, state: State, textLength: number): void {
    this.#delete(id);
    const bytes = sizeOf(textLength);
    // One that can never fit must not drive out all the others.
    if (bytes > this.maxBytes) return;
    this.#bytes += bytes;
    this.#entries.set(id, { state, bytes });
    if (this.#bytes > this.maxBytes) this.#evict();
  }

  /** Keeps a state only if nothing has to go for it: who looks at everything must not drive out what others use. */
  offer(id: string, state: State, textLength: number): void {
    if (this.#bytes + sizeOf(textLength) <= this.maxBytes) this.set(id, state, textLength);
  }

  #delete(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
  }

  #evict(): void {
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.#delete(id);
    }
  }
}

function sizeOf(textLength: number): number {
  return textLength * BYTES_PER_CHARACTER + BYTES_PER_ENTRY;
}
