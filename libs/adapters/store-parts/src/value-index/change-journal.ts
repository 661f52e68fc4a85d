/** Ids of things that changed, in order, as far back as there is room. */
export class ChangeJournal {
  #ids: string[] = [];
  #start = 0;

  constructor(private readonly room: number) {}

  /** Changes from here on can be read. */
  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#start + this.#ids.length;
  }

  add(id: string): void {
    this.#ids.push(id);
    if (this.#ids.length <= this.room) return;
    const dropped = this.#ids.length >>> 1;
    this.#ids = this.#ids.slice(dropped);
    this.#start += dropped;
  }

  /** The different ids that changed since a position; undefined when that is too long ago. */
  since(position: number): ReadonlySet<string> | undefined {
    return position < this.#start ? undefined : new Set(this.#ids.slice(position - this.#start));
  }
}
