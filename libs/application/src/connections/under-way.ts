/** Counts promises that do not reject. */
export class UnderWay {
  #count = 0;
  #wanted = 0;
  #resolve: (() => void) | undefined;

  constructor(private readonly most: number) {}

  add(promise: Promise<unknown>): void {
    this.#count++;
    void promise.then(() => {
      this.#count--;
      if (this.#count <= this.#wanted) this.#resolve?.();
    });
  }

  /** Resolves when there are few enough of them for more. */
  room(): Promise<void> | undefined {
    return this.#until(this.most);
  }

  /** Resolves when there are none. */
  none(): Promise<void> | undefined {
    return this.#until(0);
  }

  #until(wanted: number): Promise<void> | undefined {
    if (this.#count <= wanted) return undefined;
    this.#wanted = wanted;
    return new Promise((resolve) => (this.#resolve = resolve));
  }
}
