import type { HeldLease } from '../leases/index.js';
import { LeaseLost } from '../ports/index.js';
import type { EventBus, EventReader, Position, ReaderPositions, RecordedEvent } from '../ports/index.js';

/** Under which the relay's position is kept and its lease is held. */
export const RELAY = 'relay';

/**
 * Hands every event of the log to the bus, in log order. One replica does it for all, under a lease; the next one goes
 * on from the saved position, so that an event is on the bus once it is in the log, whoever dies in between.
 */
export class EventRelay implements EventReader {
  readonly name = RELAY;

  constructor(
    private readonly bus: EventBus,
    private readonly positions: ReaderPositions,
    private readonly lease: HeldLease,
  ) {}

  position(): Promise<Position> {
    return this.positions.readerPosition(this.name);
  }

  /** @throws LeaseLost another replica relays now */
  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    if (!this.lease.isHeld()) throw new LeaseLost(this.name);
    await this.bus.publish(events);
    await this.positions.saveReaderPosition(this.name, last.position, this.lease.token);
  }
}
