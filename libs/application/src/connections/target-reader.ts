import type { ThingEvent } from '@gemel/model/signals';
import type { TwinEventMessages } from '../ingest/index.js';
import type { HeldLease } from '../leases/index.js';
import { LeaseLost, MessageRefused } from '../ports/index.js';
import type {
  EventReader,
  Logger,
  OutboundMessage,
  OutboundPublisher,
  Position,
  ReaderPositions,
  RecordedEvent,
} from '../ports/index.js';

/** Since the connection was opened here. */
export interface TargetCounters {
  readonly published: number;
  /** Not wanted, or not readable, or without an address. */
  readonly filtered: number;
  /** The transport does not take them, now or later. */
  readonly refused: number;
}

export interface TargetReaderParts {
  readonly messages: TwinEventMessages;
  readonly publisher: OutboundPublisher;
  readonly lease: HeldLease;
  readonly log: Logger;
  /** Where its position is kept, for feeds that keep none. */
  readonly positions: ReaderPositions | undefined;
}

/**
 * Publishes events to one target of a connection, in log order, at least once: a batch counts as read when the transport
 * has confirmed all of it, and comes again, whole, when it has not.
 */
export class TargetReader implements EventReader {
  readonly startsAt = 'end';
  readonly #counts = { published: 0, filtered: 0, refused: 0 };
  #hasWarned = false;

  constructor(
    /** `target:<connection id>:<index>` */
    readonly name: string,
    private readonly parts: TargetReaderParts,
  ) {}

  async position(): Promise<Position> {
    return (await this.parts.positions?.readerPosition(this.name)) ?? 0;
  }

  /** @throws LeaseLost @throws what the store or the transport throws: the batch comes again */
  async handle(events: readonly RecordedEvent[]): Promise<void> {
    const failures: unknown[] = [];
    const publishing: Promise<void>[] = [];
    for (const { event } of events) {
      if (event.entity !== 'thing') continue;
      const message = await this.#message(event).catch((error: unknown) => {
        failures.push(error);
      });
      // What follows a failure would overtake it.
      if (failures.length > 0) break;
      if (message !== undefined) publishing.push(this.#publish(message, failures));
    }
    await Promise.all(publishing);
    if (failures.length > 0) throw failures[0];
    const last = events.at(-1);
    if (last !== undefined) {
      await this.parts.positions?.saveReaderPosition(this.name, last.position, this.parts.lease.token);
    }
  }

  counters(): TargetCounters {
    return { ...this.#counts };
  }

  /** Undefined when the event is not for the target. */
  async #message(event: ThingEvent): Promise<OutboundMessage | undefined> {
    const message = await this.parts.messages.message(event);
    if (!this.parts.lease.isHeld()) throw new LeaseLost(this.parts.lease.name);
    if (typeof message !== 'string') return message;
    this.#counts.filtered++;
    if (message === 'unresolved') this.#warnOnce({ thingId: event.id, reason: 'the address does not resolve' });
    return undefined;
  }

  async #publish(message: OutboundMessage, failures: unknown[]): Promise<void> {
    try {
      await this.parts.publisher.publish(message);
      this.#counts.published++;
    } catch (error) {
      if (error instanceof MessageRefused) {
        this.#counts.refused++;
        this.#warnOnce({ reason: error.message });
      } else {
        failures.push(error);
      }
    }
  }

  #warnOnce(fields: Record<string, string>): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.parts.log.warn({ target: this.name, ...fields }, 'left out an event; further ones are counted only');
  }
}
