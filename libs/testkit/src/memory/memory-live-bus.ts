import type { LiveBus, LiveFrame, Subscription } from '@gemel/application/ports';

/** The live channel of one process in a test. A listener that fails is left out. */
export class MemoryLiveBus implements LiveBus {
  readonly #listeners = new Map<symbol, (frame: LiveFrame) => void>();

  publish(frame: LiveFrame): void {
    for (const listener of this.#listeners.values()) {
      try {
        listener(frame);
      } catch {
        continue;
      }
    }
  }

  listen(listener: (frame: LiveFrame) => void): Subscription {
    const key = Symbol('listener');
    this.#listeners.set(key, listener);
    return {
      stop: () => {
        this.#listeners.delete(key);
        return Promise.resolve();
      },
    };
  }
}
