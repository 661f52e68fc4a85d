/** Whether something is new to it; remembers the last `size` keys, so that nothing from outside fills a log. */
export class Once {
  readonly #seen = new Set<string>();
  readonly #size: number;

  constructor(size = 1_000) {
    this.#size = size;
  }

  isNew(key: string): boolean {
    const isNew = !this.#seen.delete(key);
    this.#seen.add(key);
    if (this.#seen.size > this.#size) this.#forgetOldest();
    return isNew;
  }

  #forgetOldest(): void {
    for (const key of this.#seen) {
      this.#seen.delete(key);
      return;
    }
  }
}
