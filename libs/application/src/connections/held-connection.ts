import { clientFor } from '@gemel/model/connections';
import type { Connection, Target } from '@gemel/model/connections';
import type { AckLabel } from '@gemel/model/headers';
import type { AckExchange } from '../acks/index.js';
import type { AnnouncementHub } from '../announcements/index.js';
import { PayloadMappers, TwinEventMessages, isUnacknowledged } from '../ingest/index.js';
import type { Ingest, TwinEventSources } from '../ingest/index.js';
import type { HeldLease } from '../leases/index.js';
import type { LiveHub } from '../messages/index.js';
import type { DeadLetterExchange } from '../pipelines/index.js';
import { LeaseLost, MessageRefused, MessageUnacceptable } from '../ports/index.js';
import type {
  Clock,
  Connector,
  ConnectorStatus,
  InboundMessage,
  Logger,
  MappingScripts,
  OpenConnector,
  OutboundPublisher,
  ReaderPositions,
  Subscription,
  Timers,
} from '../ports/index.js';
import type { ClientSpread } from './client-spread.js';
import type { DiversionExchange } from './diversion-exchange.js';
import { deadLettersOf } from './dead-letters-of.js';
import { ConnectionAnnouncements } from './connection-announcements.js';
import { IssuedAcks } from './issued-acks.js';
import type { ConnectionMonitor } from './monitoring/index.js';
import { PatientTurns } from './patient-turns.js';
import { MOST_TRIES, Redeliveries } from './redeliveries.js';
import { ReplyOutlet } from './reply-outlet.js';
import { SourceRoute, originOf } from './source-route.js';
import type { Hindrance } from './target-progress.js';
import { TargetReader } from './target-reader.js';
import { unreadOutlets } from './unread-outlets.js';
import type { UnreadOutlet } from './unread-outlets.js';

/** For what is under way when a connection is closed; less than another replica waits for a lease. In milliseconds. */
const DEADLINE_MS = 4_000;
/** For the announcement that it closes (Ditto: 3 s). In milliseconds. */
const ANNOUNCEMENT_MS = 3_000;

export interface HeldConnectionParts {
  readonly ingest: Pick<Ingest, 'handleOn'>;
  readonly events: TwinEventSources;
  /** Where live signals come from. */
  readonly live: Pick<LiveHub, 'subscribe' | 'answer'>;
  /** Of policies. */
  readonly announcements: Pick<AnnouncementHub, 'subscribe'>;
  /** Where dead letters go to other connections. */
  readonly deadLetters: Pick<DeadLetterExchange, 'send' | 'accept'>;
  /** Where answers go to other connections. */
  readonly diversions: Pick<DiversionExchange, 'divert' | 'accept'>;
  /** Where targets acknowledge what they have published. */
  readonly acks: Pick<AckExchange, 'issue'>;
  /** Undefined when the feed keeps the positions of its readers. */
  readonly positions?: ReaderPositions | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** Loads what runs the scripts of mappers. */
  readonly scripts: () => Promise<MappingScripts>;
}

/** What each connection has of its own. */
export interface OwnParts {
  readonly monitor: ConnectionMonitor;
  /** Which of the connection's clients it is. */
  readonly client: number;
  readonly spread: ClientSpread;
  /** Hears of each change of the connector's status, the first one included. */
  observe(status: ConnectorStatus): void;
}

/** Since the connection was opened here. */
export interface ConnectionCounters {
  readonly consumed: number;
  /** Left to the other side to deliver again. */
  readonly rejected: number;
  /** Tries to apply a message that were not the first. */
  readonly retries: number;
  readonly published: number;
  readonly filtered: number;
  readonly refused: number;
}

/** A connection while this replica holds its lease: what comes in is applied, what happens goes out. */
export class HeldConnection implements Subscription {
  readonly #stopped = new AbortController();
  readonly #turns: PatientTurns;
  readonly #counts = { consumed: 0, rejected: 0 };
  readonly #redeliveries = new Redeliveries();
  /** One for each target; undefined for one that publishes no events. */
  #readers: readonly (TargetReader | undefined)[] = [];
  #outlets: readonly UnreadOutlet[] = [];
  #routes: readonly SourceRoute[] = [];
  #replies: readonly ReplyOutlet[] = [];
  #mappers = PayloadMappers.builtIn;
  #following: readonly Subscription[] = [];
  #open: OpenConnector | undefined;
  #announcements: ConnectionAnnouncements | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly lease: HeldLease,
    private readonly parts: HeldConnectionParts & OwnParts,
  ) {
    const { timers } = parts;
    const log = this.#log();
    this.#turns = new PatientTurns({ lease, timers, log, stopped: this.#stopped.signal });
  }

  /** @throws MessageMapperConfigFailed a script of a mapper cannot be run */
  async start(connector: Connector): Promise<void> {
    const { sources, targets } = this.connection;
    const mappings = [...sources, ...targets].flatMap(({ payloadMapping }) => payloadMapping);
    this.#mappers = await PayloadMappers.open(mappings, this.parts.scripts);
    this.#makeRoutes();
    const opened = await connector.open(
      this.connection,
      (message) => this.#handle(message),
      (status) => {
        this.parts.observe(status);
        if (status.state === 'open') void this.#announcements?.opened();
      },
    );
    this.#open = opened;
    this.parts.spread.opened(this.parts.client, opened);
    const { clock } = this.parts;
    const mappers = this.#mappers;
    this.#announcements = new ConnectionAnnouncements(this.connection, {
      publisher: opened,
      mappers,
      clock,
      log: this.#log(),
    });
    if (opened.status().state === 'open') void this.#announcements.opened();
    this.#readers = targets.map((target, index) => this.#reader(target, index, opened));
    const readers = this.#readers.filter((reader) => reader !== undefined);
    const { id: connectionId } = this.connection;
    const outlet = {
      ...this.parts,
      ...{ publisher: opened, mappers, log: this.#log(), connectionId, origin: originOf(connectionId) },
      isMine: (entityId: string) =>
        this.lease.isHeld() && clientFor(entityId, this.connection.clientCount) === this.parts.client,
    };
    this.#outlets = unreadOutlets(this.connection, outlet);
    this.#following = [...readers.map((reader) => this.parts.events.feed.follow(reader)), ...this.#outlets];
  }

  /** Resolves within some seconds, whatever is under way: what is not confirmed by then comes again. */
  async stop(): Promise<void> {
    const deadlineMs = this.lease.isHeld() ? DEADLINE_MS : 0;
    const leaving = new AbortController();
    const unfollowed = Promise.all(this.#following.map((each) => each.stop()));
    await Promise.race([unfollowed, this.parts.timers.sleep(deadlineMs, leaving.signal)]);
    leaving.abort();
    this.parts.spread.closed(this.parts.client);
    await this.#announceClosing();
    await this.#open?.close(deadlineMs);
    this.#mappers.close();
    this.#stopped.abort();
    // Nothing can be published any more, so that every batch ends.
    const ending = new AbortController();
    await Promise.race([unfollowed, this.parts.timers.sleep(DEADLINE_MS, ending.signal)]);
    ending.abort();
  }

  /** Whoever has it next has it open: only this one knows that it closes. */
  async #announceClosing(): Promise<void> {
    if (!this.lease.isHeld() || this.#announcements === undefined) return;
    const late = new AbortController();
    await Promise.race([this.#announcements.closed(), this.parts.timers.sleep(ANNOUNCEMENT_MS, late.signal)]);
    late.abort();
  }

  /** For each target, what keeps it from publishing. */
  hindrances(): readonly (Hindrance | undefined)[] {
    return this.#readers.map((reader) => reader?.hindrance());
  }

  counters(): ConnectionCounters {
    const sum = { published: 0, filtered: 0, refused: 0 };
    for (const { published, refused } of this.#replies.map((replies) => replies.counters())) {
      sum.published += published;
      sum.refused += refused;
    }
    for (const target of [...this.#readers, ...this.#outlets]) {
      if (target === undefined) continue;
      const { published, filtered, refused } = target.counters();
      sum.published += published;
      sum.filtered += filtered;
      sum.refused += refused;
    }
    return { ...this.#counts, ...sum, retries: this.#turns.retries };
  }

  /** A feed that keeps positions shares the events among the clients; elsewhere the first client reads for all. */
  #reader(target: Target, index: number, opened: OpenConnector): TargetReader | undefined {
    if (!target.topics.some(({ signals }) => signals === 'twin-events')) return undefined;
    const { events, positions, monitor, client, spread, clock } = this.parts;
    if (positions !== undefined && client > 0) return undefined;
    const publisher = positions === undefined ? opened : spread.publisher(opened);
    const messages = new TwinEventMessages(target, events, this.connection.id, this.#mappers);
    const name = `target:${this.connection.id}:${index}`;
    const acks = new IssuedAcks(target.issuedAck, this.#declaredAcks(), this.parts.acks);
    const own = { messages, publisher, lease: this.lease, log: this.#log(), acks, clock };
    const isAnsweredOneByOne = this.connection.type === 'http-push';
    return new TargetReader(name, { ...own, positions, monitor, address: target.address.text, isAnsweredOneByOne });
  }

  /** Those that nobody will issue when the only target for events leaves one out. */
  #declaredAcks(): readonly AckLabel[] {
    const { sources, targets } = this.connection;
    const forEvents = targets.filter(({ topics }) => topics.some(({ signals }) => signals === 'twin-events'));
    return forEvents.length === 1 ? sources.flatMap(({ declaredAcks }) => declaredAcks) : [];
  }

  #makeRoutes(): void {
    const { clock, monitor } = this.parts;
    const { id: connectionId, sources } = this.connection;
    const mappers = this.#mappers;
    const publisher = this.#publisher();
    const log = this.#log();
    const { diversion } = this.connection;
    const { diversions } = this.parts;
    const letters = { ...this.parts, connectionId, lease: this.lease, log, opened: () => this.#open };
    const made = sources.map((source, index) => {
      const replies = new ReplyOutlet(source, { publisher, mappers, connectionId, clock, log, monitor });
      const own = { mappers, replies, turns: this.#turns, diversion, diversions, index };
      const deadLetters = source.deadLetterTarget && deadLettersOf(source.deadLetterTarget, letters);
      return { replies, route: new SourceRoute(source, { ...own, connectionId, clock, monitor, deadLetters }) };
    });
    this.#replies = made.map(({ replies }) => replies);
    this.#routes = made.map(({ route }) => route);
  }

  /** For answers: messages come in before the connector says that it is open. */
  #publisher(): OutboundPublisher {
    return {
      publish: async (message) => {
        if (this.#open === undefined) throw new MessageRefused(message.address, 'the connection is not open yet');
        return this.#open.publish(message);
      },
      hasReceivers: () => this.#open?.hasReceivers() ?? false,
    };
  }

  async #handle(message: InboundMessage): Promise<void> {
    this.#counts.consumed++;
    const route = this.#routes[message.source ?? 0];
    route?.received(message);
    try {
      if (!this.lease.isHeld()) throw new LeaseLost(this.lease.name);
      await this.parts.ingest.handleOn(message, route);
      this.#redeliveries.settled(message);
      route?.acknowledged(message, undefined);
    } catch (thrown) {
      const error = this.#giveUp(message, route, thrown);
      if (!(error instanceof MessageUnacceptable)) this.#counts.rejected++;
      route?.acknowledged(message, reasonOf(error));
      if (error instanceof MessageUnacceptable && (await route?.isDeadLetter(message)) === true) return;
      throw error;
    }
  }

  /** A message that is never acknowledged must not come for ever. */
  #giveUp(message: InboundMessage, route: SourceRoute | undefined, error: unknown): unknown {
    if (!isUnacknowledged(error) || this.#redeliveries.mayComeAgain(message)) return error;
    const { address } = message;
    const reason = `${error.message} It has come ${MOST_TRIES} times and is given up`;
    this.#log().error({ address, reason }, 'gave up a message: see why its subscribers do not acknowledge it');
    route?.refuse(error, { message, envelope: undefined });
    return new MessageUnacceptable(reason);
  }

  #log(): Logger {
    const { log } = this.parts;
    const connectionId = this.connection.id;
    return {
      error: (fields, message) => log.error({ connectionId, ...fields }, message),
      warn: (fields, message) => log.warn({ connectionId, ...fields }, message),
      info: (fields, message) => log.info({ connectionId, ...fields }, message),
      debug: (fields, message) => log.debug({ connectionId, ...fields }, message),
    };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
