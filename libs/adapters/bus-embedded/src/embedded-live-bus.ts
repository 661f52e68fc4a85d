import type { LiveBus, LiveFrame, Logger, Subscription } from '@gemel/application/ports';

/** The live channel of one process: a function call. */
export class EmbeddedLiveBus implements LiveBus {
  readonly #listeners = new Set<(frame: LiveFrame) => void>();

  constructor(private readonly log: Logger) {}

  publish(frame: LiveFrame): void {
    for (const listener of this.#listeners) {
      try {
        listener(frame);
      } catch (error) {
        this.log.error({ error, entityId: frame.entityId }, 'a listener of the live channel failed');
      }
    }
  }

  listen(listener: (frame: LiveFrame) => void): Subscription {
    // So that the same function may listen twice, and each end its own.
    const own = (frame: LiveFrame) => {
      listener(frame);
    };
    this.#listeners.add(own);
    return {
      stop: () => {
        this.#listeners.delete(own);
        return Promise.resolve();
      },
    };
  }
}
