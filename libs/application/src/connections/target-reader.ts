import { headerText } from '@gemel/model/headers';
import type { ThingEvent } from '@gemel/model/signals';
import type { Outgoing, TwinEventMessages } from '../ingest/index.js';
import type { HeldLease } from '../leases/index.js';
import type { IssuedAcks } from './issued-acks.js';
import { LeaseLost, MessageNotTaken, MessageRefused } from '../ports/index.js';
import type {
  Clock,
  EventReader,
  Logger,
  OutboundMessage,
  OutboundPublisher,
  Position,
  PublishOutcome,
  ReaderPositions,
  RecordedEvent,
} from '../ports/index.js';

import { KnownRights } from '../signals/index.js';
import type { ConnectionMonitor, Monitored } from './monitoring/index.js';
import { Declines } from './declines.js';
import { TakenEvents } from './taken-events.js';
import { TargetProgress } from './target-progress.js';
import type { Hindrance } from './target-progress.js';
import { ThingTurns } from './thing-turns.js';
import { UnderWay } from './under-way.js';

/** Messages made together: what they ask the stores in one turn is one question. */
const MADE_AT_ONCE = 100;

/** What was learned of rights counts for events that were there before it was asked for, but not while a target takes its time. */
const RIGHTS_MS = 100;

/** Messages made and not confirmed: enough to keep the transport busy, and no heap of them for the memory to be tidied of. */
const MOST_UNDER_WAY = 500;

/** Whoever is behind the target acts on what happens: where events are few, each is published at once. */
const FEW = 8;
/** Where they are many, a batch costs a question to the store, one to the feed and their answers, however many share it. */
const GATHERED_MS = 30;

/** For so long after it has declined something, in milliseconds. */
const CAREFUL_MS = 60_000;

/** Since the connection was opened here. */
export interface TargetCounters {
  readonly published: number;
  /** Not wanted, or not readable, or without an address. */
  readonly filtered: number;
  /** The transport does not take them, now or later. */
  readonly refused: number;
}

export interface TargetReaderParts {
  readonly messages: Pick<TwinEventMessages, 'messages'>;
  readonly publisher: OutboundPublisher;
  readonly lease: HeldLease;
  readonly log: Logger;
  readonly acks: Pick<IssuedAcks, 'answered' | 'left'>;
  /** Where its position is kept, for feeds that keep none. */
  readonly positions: ReaderPositions | undefined;
  readonly monitor: ConnectionMonitor;
  readonly clock: Clock;
  /** Whether the transport works on one message of a thing at a time anyway. */
  readonly isAnsweredOneByOne: boolean;
  /** Of the target, with its placeholders. */
  readonly address: string;
}

interface Failure {
  readonly error: unknown;
  /** Of the event. */
  readonly position: Position;
}

interface Publishing {
  readonly failures: Failure[];
  /** Undefined when nobody needs to wait for the one before. */
  readonly turns: ThingTurns | undefined;
}

/**
 * Publishes events to one target of a connection, in log order, at least once: a batch counts as read when the transport
 * has confirmed all of it; what it has not confirmed comes again.
 */
export class TargetReader implements EventReader {
  readonly startsAt = 'end';
  /** What waits to be published need not be in memory. */
  readonly largestBatch = 1_000;
  readonly #counts = { published: 0, filtered: 0, refused: 0 };
  #hasWarned = false;
  /** Of the last batch. */
  #events = 0;
  /** 0 when none is. */
  #stored: Position = 0;
  readonly #declines: Declines;
  readonly #progress: TargetProgress;
  readonly #taken = new TakenEvents();
  /** In milliseconds since 1970. */
  #carefulUntil = 0;
  /** Of the last event that is confirmed with all before it, in this process. */
  #position: Position = 0;

  constructor(
    /** `target:<connection id>:<index>` */
    readonly name: string,
    private readonly parts: TargetReaderParts,
  ) {
    this.#progress = new TargetProgress(parts.clock);
    this.#declines = new Declines(parts.clock);
  }

  get patienceMs(): number {
    return this.#events < FEW ? 0 : GATHERED_MS;
  }

  /** Keeps the place, so that what happens while the connection is closed before its first event is published later. */
  async placed(position: Position = 0): Promise<void> {
    const { positions, lease } = this.parts;
    if (position > this.#stored) {
      await positions?.saveReaderPosition(this.name, position, lease.token);
      this.#stored = position;
    }
    this.#progress.placed();
  }

  /** What keeps it from publishing. */
  hindrance(): Hindrance | undefined {
    return this.#progress.hindrance();
  }

  /** A feed that asks again after a rejection goes on behind what was confirmed. */
  async position(): Promise<Position> {
    this.#stored = (await this.parts.positions?.readerPosition(this.name)) ?? 0;
    return Math.max(this.#stored, this.#position);
  }

  /** @throws LeaseLost @throws what the store or the transport throws: what is not confirmed comes again */
  async handle(events: readonly RecordedEvent[]): Promise<void> {
    this.#events = events.length;
    const failures: Failure[] = [];
    const turns = this.#isCareful() ? new ThingTurns() : undefined;
    let tried = 0;
    const publishing = new UnderWay(MOST_UNDER_WAY);
    let known = this.#knownRights();
    for (let begin = 0; begin < events.length && failures.length === 0; begin += MADE_AT_ONCE) {
      const group = events.slice(begin, begin + MADE_AT_ONCE);
      if (this.parts.clock.now() > known.until) known = this.#knownRights();
      const { rights } = known;
      const made = await Promise.all(group.map((recorded) => this.#make(recorded, rights, failures)));
      for (const [index, messages] of made.entries()) {
        const recorded = group[index];
        // What follows a failure would overtake it.
        if (recorded === undefined || failures.some((failure) => failure.position <= recorded.position)) break;
        for (const message of messages) publishing.add(this.#publishInTurn(message, recorded, { failures, turns }));
        tried++;
      }
      await publishing.room();
    }
    await publishing.none();
    const failed = failures.map(({ position }) => position);
    const first = Math.min(...failed);
    if (failed.length > 0) this.#taken.keep(events.slice(0, tried), failed);
    await this.#confirmed(events.findLast(({ position }) => position < first));
    if (failures[0] !== undefined) throw failures[0].error;
    this.#taken.forget(events.at(-1)?.position ?? 0);
  }

  counters(): TargetCounters {
    return { ...this.#counts };
  }

  #knownRights(): { readonly rights: KnownRights; readonly until: number } {
    return { rights: new KnownRights(), until: this.parts.clock.now() + RIGHTS_MS };
  }

  async #confirmed(last: RecordedEvent | undefined): Promise<void> {
    if (last === undefined) return;
    await this.parts.positions?.saveReaderPosition(this.name, last.position, this.parts.lease.token);
    this.#position = last.position;
    this.#declines.forget(last.position);
  }

  /** None when the event is not for the target, and after a failure. */
  async #make(
    { event, position }: RecordedEvent,
    known: KnownRights,
    failures: Failure[],
  ): Promise<readonly OutboundMessage[]> {
    if (event.entity !== 'thing' || this.#taken.has(position)) return [];
    try {
      const outgoing = await this.parts.messages.messages(event, known);
      if (!this.parts.lease.isHeld()) throw new LeaseLost(this.parts.lease.name);
      this.#monitorMade(outgoing, event);
      if (typeof outgoing !== 'string') return this.#mapped(outgoing, event);
      this.#leave(event);
      if (outgoing === 'unresolved') this.#warnOnce({ thingId: event.id, reason: 'the address does not resolve' });
    } catch (error) {
      failures.push({ error, position });
    }
    return [];
  }

  /** What a mapper cannot map it cannot map later, either. */
  #mapped({ messages, failures }: Outgoing, event: ThingEvent): readonly OutboundMessage[] {
    for (const { message: reason, status } of failures) {
      this.#counts.refused++;
      this.#warnOnce({ thingId: event.id, reason });
      this.parts.acks.answered(event, { status });
    }
    if (messages.length + failures.length === 0) this.#leave(event);
    return messages;
  }

  #monitorMade(made: Outgoing | 'filtered' | 'unresolved', event: RecordedEvent['event']): void {
    if (made === 'filtered') return;
    const { monitor, address } = this.parts;
    const about = aboutEvent(event);
    for (const type of ['dispatched', 'filtered'] as const) monitor.outbound(address, type, undefined, about);
    if (made === 'unresolved') {
      monitor.outbound(address, 'dropped', 'The address does not resolve.', about);
      return;
    }
    for (const { message: reason } of made.failures) monitor.outbound(address, 'mapped', reason, about);
    if (made.messages.length > 0) monitor.outbound(address, 'mapped', undefined, about);
    else if (made.failures.length === 0) monitor.outbound(address, 'dropped', undefined, about);
  }

  #leave(event: ThingEvent): void {
    this.#counts.filtered++;
    this.parts.acks.left(event);
  }

  #publishInTurn(message: OutboundMessage, recorded: RecordedEvent, { failures, turns }: Publishing): Promise<boolean> {
    if (turns === undefined) return this.#publish(message, recorded, failures);
    return turns.run(recorded.event.id, () => this.#publish(message, recorded, failures));
  }

  /**
   * Where the other side declines messages, one that it takes then would overtake those of its thing that it has declined: each waits for
   * the one before.
   */
  #isCareful(): boolean {
    const { isAnsweredOneByOne, clock } = this.parts;
    return isAnsweredOneByOne || clock.now() < this.#carefulUntil;
  }

  /** False when it must come again. Does not reject. */
  #publish(message: OutboundMessage, recorded: RecordedEvent, failures: Failure[]): Promise<boolean> {
    this.#progress.sent();
    return this.parts.publisher.publish(message).then(
      (outcome) => {
        this.#progress.answered(undefined);
        this.#counts.published++;
        this.#answered(recorded, outcome, undefined);
        return true;
      },
      (error: unknown) => this.#notPublished(error, recorded, failures),
    );
  }

  #answered({ event }: RecordedEvent, outcome: PublishOutcome | undefined, failure: string | undefined): void {
    const { monitor, address, acks } = this.parts;
    if (event.entity === 'thing' && outcome !== undefined) acks.answered(event, outcome);
    monitor.outbound(address, 'published', failure, aboutEvent(event));
  }

  /** False when it must come again. */
  #notPublished(error: unknown, recorded: RecordedEvent, failures: Failure[]): boolean {
    const { position } = recorded;
    const reason = error instanceof Error ? error.message : String(error);
    this.#answered(recorded, outcomeOf(error), reason);
    if (error instanceof MessageRefused || (error instanceof MessageNotTaken && this.#isEnough(position, error))) {
      this.#progress.answered(undefined);
      this.#counts.refused++;
      this.#warnOnce({ reason });
      return true;
    }
    this.#progress.answered(reason);
    failures.push({ error, position });
    if (error instanceof MessageNotTaken) this.#carefulUntil = this.parts.clock.now() + CAREFUL_MS;
    return false;
  }

  #isEnough(position: Position, error: MessageNotTaken): boolean {
    return this.#declines.isEnough(position, error, this.#counts.published);
  }

  #warnOnce(fields: Record<string, string>): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.parts.log.warn({ target: this.name, ...fields }, 'left out an event; further ones are counted only');
  }
}

/** What the other side has said. */
function outcomeOf(error: unknown): PublishOutcome | undefined {
  if (error instanceof MessageNotTaken) return error.outcome;
  return error instanceof MessageRefused ? { status: error.status } : undefined;
}

function aboutEvent({ id, headers }: RecordedEvent['event']): Monitored {
  return { thingId: id, correlationId: headerText(headers, 'correlation-id') };
}
