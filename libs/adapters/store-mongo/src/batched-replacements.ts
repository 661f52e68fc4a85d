interface Waiting<Replacement> {
  readonly replacement: Replacement;
  readonly resolve: (isDone: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchedReplacementsParts<Replacement> {
  /** Makes all of them, of different records; says for each whether it took effect. */
  readonly replaceAll: (replacements: readonly Replacement[]) => Promise<readonly boolean[]>;
  readonly nameOf: (replacement: Replacement) => string;
}

/** Replacements that are asked for in one turn of the event loop are one question, those of one record one after the other. */
export class BatchedReplacements<Replacement> {
  #waiting: Waiting<Replacement>[] = [];
  #isScheduled = false;

  constructor(private readonly parts: BatchedReplacementsParts<Replacement>) {}

  replace(replacement: Replacement): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ replacement, resolve, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    this.#isScheduled = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let rest = waiting; rest.length > 0;) {
      const names = new Set<string>();
      const batch = rest.filter(({ replacement }) => {
        const name = this.parts.nameOf(replacement);
        return !names.has(name) && names.add(name);
      });
      rest = rest.filter((each) => !batch.includes(each));
      await this.#replaceAll(batch);
    }
  }

  async #replaceAll(batch: readonly Waiting<Replacement>[]): Promise<void> {
    try {
      const done = await this.parts.replaceAll(batch.map(({ replacement }) => replacement));
      for (const [index, { resolve }] of batch.entries()) resolve(done[index] ?? false);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
