/**
 * Lets tasks that share a key begin one after the other, in the order they came; tasks without a common key run freely.
 * A task that has no one before it starts at once.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.#last.get(key)).filter((promise) => promise !== undefined);
    const mine = before.length === 0 ? task() : Promise.allSettled(before).then(task);
    for (const key of keys) this.#last.set(key, mine);
    const leave = () => {
      for (const key of keys) if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  }
}
