import { BackgroundCheck } from '@gemel/application/consistency';
import { LeaseKeeper } from '@gemel/application/leases';
import { BlockedNamespaces } from '@gemel/application/namespaces';
import { serverState } from '@gemel/application/ports';
import type {
  ConnectionBoard,
  ConnectionStore,
  HeldEntities,
  LiveBus,
  Logger,
  Meter,
  PartState,
  PresenceBoard,
  Subscription,
  Timers,
} from '@gemel/application/ports';
import { startThinning } from '@gemel/application/past';
import type { LogThinner, RetentionRule } from '@gemel/application/past';
import { EventRelay, RELAY } from '@gemel/application/relay';
import { feeds, histories, liveBuses, stores } from './adapters.js';
import { checkOf } from './checked-stores.js';
import { busMeters } from './bus-meters.js';
import type { Ports } from './ports.js';
import { firstOf, wireThinner } from './thinner.js';
import { randomIds, systemClock, systemTimers } from './system.js';

/** Pause in which the relay gathers what it publishes at once: each batch wakes all who read. It is part of every reader's lag. */
const RELAY_GATHERS = { leastGatherMs: 20, longestGatherMs: 40 };
/**
 * The same for states and search index: they cost the database more than anything else, one change four questions. The
 * projection says how much of the longest is worth it.
 */
const INDEX_GATHERS = { leastGatherMs: 250, longestGatherMs: 10_000 };
const INDEX = 'search-index';
const THINNING = 'log-retention';
const CHECKING = 'consistency';

export interface ClusterOptions {
  readonly mongo: {
    readonly url: string;
    readonly database: string;
    /** How long one that cannot be reached is waited for, in milliseconds. */
    readonly unreachedMs: number;
  };
  readonly kafka: { readonly brokers: readonly string[]; readonly topic: string };
  readonly influx: {
    readonly url: string;
    readonly token: string;
    readonly org: string;
    readonly bucket: string;
    /** Undefined leaves what the bucket keeps as it is. */
    readonly retentionDays?: number;
  };
  /** Whether this process streams events to clients; the others need not read them all. */
  readonly streams: boolean;
  /** Whether this process sends or receives messages and other live signals. */
  readonly live: boolean;
  /** Unique name of this replica. */
  readonly replica: string;
  readonly cacheBytes: number;
  /** Which old events one replica of things removes for all; none when absent. */
  readonly retentionRules?: readonly RetentionRule[] | undefined;
  /** Things and policies a minute that one replica of things holds against the log for all. @default none */
  readonly checksPerMinute?: number | undefined;
  readonly log: Logger;
}

/** Ports on services that several replicas share. */
export interface ClusterPorts extends Ports, HeldEntities {
  readonly leases: LeaseKeeper;
  /** Unique name of this replica. */
  readonly replica: string;
  readonly presences: PresenceBoard;
  readonly blocked: BlockedNamespaces;
  readonly thinner: LogThinner;
  /** Definitions of connections, and how they are doing. */
  readonly connections: ConnectionStore & ConnectionBoard;
  readonly timers: Timers;
  /** Starts what one replica of things does for all, under leases: the relay to the bus, the search index. */
  startDuties(): Subscription;
  /** One entry for each outside service. */
  readiness(): Promise<readonly PartState[]>;
  readonly meters: readonly Meter[];
  close(): Promise<void>;
}

type Store = Awaited<ReturnType<Awaited<ReturnType<typeof stores.mongo>>>>;
type Kafka = Awaited<ReturnType<Awaited<ReturnType<typeof feeds.kafka>>>>;
type History = Awaited<ReturnType<Awaited<ReturnType<typeof histories.influx>>>>;

/** The carrier of the live channel. */
interface LiveParts {
  readonly bus: LiveBus;
  readonly meters: readonly Meter[];
  close(): Promise<void>;
}

interface Services {
  readonly store: Store;
  readonly kafka: Kafka;
  readonly live: LiveParts;
  readonly history: History;
}

/** @throws what an adapter throws for settings with which it cannot work */
export async function openClusterPorts(options: ClusterOptions): Promise<ClusterPorts> {
  const { store, kafka, live, history } = await openServices(options);
  const { replica, log } = options;
  const leases = new LeaseKeeper({ store, timers: systemTimers, log, holder: replica });
  const thinner = thinnerOf(store, options.retentionRules ?? []);
  const perMinute = options.checksPerMinute ?? 0;
  const checking = new BackgroundCheck({ check: checkOf(store), perMinute, timers: systemTimers, log });
  const { records } = store;
  const blocked = new BlockedNamespaces({ records, clock: systemClock, timers: systemTimers, log, isShared: true });
  const following = blocked.follow();
  return {
    log: store,
    states: store,
    memory: store,
    archive: store.archive,
    directory: store.directory,
    records,
    index: store,
    feed: kafka.feed,
    history,
    live: live.bus,
    clock: systemClock,
    ids: randomIds,
    leases,
    replica,
    presences: store.presences,
    blocked,
    thinner,
    connections: store.connections,
    timers: systemTimers,
    held: () => store.held(),
    startDuties: await dutiesOf({ store, kafka, thinner, checking }, leases, log),
    readiness: () => readinessOf({ store, kafka, history }),
    meters: [
      ...store.meters,
      ...thinner.meters,
      ...checking.meters,
      ...busMeters(kafka),
      ...live.meters,
      ...history.meters,
    ],
    close: async () => {
      await Promise.all([kafka.close(), live.close(), following.stop()]);
      await store.close();
      await history.close();
    },
  };
}

async function openServices(options: ClusterOptions): Promise<Services> {
  const { mongo, kafka, influx, streams, replica, cacheBytes, log } = options;
  const [openStore, openKafka, openHistory] = await Promise.all([stores.mongo(), feeds.kafka(), histories.influx()]);
  const store = await openStore({ ...mongo, cacheBytes, log });
  try {
    const history = await openHistory({ ...influx, log, now: () => systemClock.now() });
    const events = await openKafka({
      ...kafka,
      clientId: replica,
      watched: streams,
      arrived: ({ event }) => {
        store.follow(event);
      },
      isFollowed: () => store.hasRivals,
      log,
    });
    return { store, history, kafka: events, live: await openLive(options) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Its own topic beside that of the events. */
async function openLive({ live, kafka, replica, log }: ClusterOptions): Promise<LiveParts> {
  if (live) {
    const openKafkaLive = await liveBuses.kafka();
    return openKafkaLive({ ...kafka, topic: `${kafka.topic}-live`, clientId: replica, log });
  }
  const LocalBus = await liveBuses.embedded();
  return { bus: new LocalBus(log), meters: [], close: () => Promise.resolve() };
}

/** Those of other processes read from the bus, which keeps what it was given. */
function thinnerOf(store: Store, rules: readonly RetentionRule[]): LogThinner {
  const { archive, retention } = store;
  return wireThinner({ log: store, archive, retention, clock: systemClock }, rules, () =>
    firstOf([store.readerPosition(RELAY), store.projectedPosition()]),
  );
}

/** The first two follow the log itself; the readers of other processes follow the bus. */
async function dutiesOf(
  {
    store,
    kafka,
    thinner,
    checking,
  }: Pick<Services, 'store' | 'kafka'> & { readonly thinner: LogThinner; readonly checking: BackgroundCheck },
  leases: LeaseKeeper,
  log: Logger,
): Promise<() => Subscription> {
  const LogFeed = await feeds.embedded();
  const shared = { log: store.followed(), onCommit: store.onCommit.bind(store), logger: log };
  const relayFeed = new LogFeed({ ...shared, ...RELAY_GATHERS });
  const indexFeed = new LogFeed({ ...shared, ...INDEX_GATHERS });
  return () => {
    const competing = [
      leases.compete(RELAY, {
        start: (lease) => Promise.resolve(new EventRelay(kafka.bus, store, lease, systemTimers).follow(relayFeed)),
      }),
      leases.compete(INDEX, {
        start: (lease) => Promise.resolve(indexFeed.follow(store.projection(lease.token))),
      }),
      ...(checking.isIdle ? [] : [leases.compete(CHECKING, { start: () => Promise.resolve(checking.start()) })]),
      leases.compete(THINNING, { start: () => Promise.resolve(startThinning(thinner, systemTimers, log)) }),
    ];
    return {
      stop: async () => {
        await Promise.all(competing.map((each) => each.stop()));
      },
    };
  };
}

async function readinessOf({ store, kafka, history }: Omit<Services, 'live'>): Promise<readonly PartState[]> {
  const others = Object.entries({ kafka, influxdb: history }).map(async ([name, service]) =>
    serverState(name, await service.isReachable()),
  );
  return Promise.all([store.state(), ...others]);
}
