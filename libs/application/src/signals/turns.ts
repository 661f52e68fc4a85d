import { PassingMap } from '@gemel/model/collections';

/**
 * Lets tasks that share a key begin one after the other, in the order they came; tasks without a common key run freely.
 * A task that has no one before it starts at once.
 */
export class Turns {
  readonly #last = new PassingMap<string, Promise<unknown>>();
  readonly #waiting = new Map<string, number>();

  /** How many tasks with the key have not begun. */
  waiting(key: string): number {
    return this.#waiting.get(key) ?? 0;
  }

  run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const before = this.#before(keys);
    const mine = before.length === 0 ? task() : this.#after(before, keys, task);
    for (const key of keys) this.#last.set(key, mine);
    const leave = () => {
      for (const key of keys) if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  }

  #before(keys: readonly string[]): readonly Promise<unknown>[] {
    const found: Promise<unknown>[] = [];
    for (const key of keys) {
      const last = this.#last.get(key);
      if (last !== undefined) found.push(last);
    }
    return found;
  }

  async #after<T>(before: readonly Promise<unknown>[], keys: readonly string[], task: () => Promise<T>): Promise<T> {
    for (const key of keys) this.#waiting.set(key, this.waiting(key) + 1);
    await Promise.allSettled(before);
    for (const key of keys) {
      const left = this.waiting(key) - 1;
      if (left === 0) this.#waiting.delete(key);
      else this.#waiting.set(key, left);
    }
    return task();
  }
}
