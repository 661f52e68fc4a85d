/** Numbers of things. */
export class ThingSet {
  #bits = new Uint8Array(1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(thing: number): boolean {
    return this.#bits[thing] === 1;
  }

  add(thing: number): void {
    if (thing >= this.#bits.length) this.#grow(thing);
    if (this.#bits[thing] === 1) return;
    this.#bits[thing] = 1;
    this.#size += 1;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let thing = this.#bits.indexOf(1); thing >= 0; thing = this.#bits.indexOf(1, thing + 1)) yield thing;
  }

  #grow(thing: number): void {
    const bits = new Uint8Array(2 * thing);
    bits.set(this.#bits);
    this.#bits = bits;
  }
}
