import type { HeldLease } from '../leases/index.js';
import { LeaseLost } from '../ports/index.js';
import type {
  EventBus,
  EventFeed,
  EventReader,
  Position,
  ReaderPositions,
  RecordedEvent,
  Subscription,
  Timers,
} from '../ports/index.js';

/** Under which the relay's position is kept and its lease is held. */
export const RELAY = 'relay';

/** Between two savings of the position, in milliseconds: what was published since comes again after a crash. */
const SAVE_EVERY_MS = 250;

/**
 * Hands every event of the log to the bus, in log order. One replica does it for all, under a lease; the next one goes
 * on from the saved position, so that an event is on the bus once it is in the log, whoever dies in between. The position
 * is saved behind the publishing, and not each time.
 */
export class EventRelay implements EventReader {
  readonly name = RELAY;
  readonly #stopped = new AbortController();
  #published: Position = 0;
  #saved: Position = 0;
  #saving: Promise<void> | undefined;
  #fault: Error | undefined;

  constructor(
    private readonly bus: EventBus,
    private readonly positions: ReaderPositions,
    private readonly lease: HeldLease,
    private readonly timers: Timers,
  ) {}

  /** Relays what the feed brings; stopping the subscription saves the position. */
  follow(feed: Pick<EventFeed, 'follow'>): Subscription {
    const following = feed.follow(this);
    return {
      stop: async () => {
        await following.stop();
        this.#stopped.abort();
        await this.#saving;
      },
    };
  }

  async position(): Promise<Position> {
    return Math.max(this.#published, await this.positions.readerPosition(this.name));
  }

  /** @throws LeaseLost another replica relays now */
  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    if (this.#fault !== undefined) throw this.#fault;
    if (!this.lease.isHeld()) throw new LeaseLost(this.name);
    await this.bus.publish(events);
    this.#published = last.position;
    this.#saving ??= this.#save().finally(() => (this.#saving = undefined));
  }

  /** Until nothing has been published since the last saving. */
  async #save(): Promise<void> {
    const { signal } = this.#stopped;
    while (this.#saved < this.#published) {
      await this.timers.sleep(SAVE_EVERY_MS, signal);
      const position = this.#published;
      try {
        await this.positions.saveReaderPosition(this.name, position, this.lease.token);
        this.#saved = position;
      } catch (error) {
        // Anything else is tried again: a position that is behind is no more than work that is done twice.
        if (error instanceof LeaseLost) this.#fault = error;
        if (error instanceof LeaseLost || signal.aborted) return;
      }
    }
  }
}
