import type {
  HeldEntities,
  LogRetention,
  Logger,
  Meter,
  PartState,
  RecordStore,
  Timers,
} from '@gemel/application/ports';
import type { ConsistencyCheck } from '@gemel/application/consistency';
import { BlockedNamespaces } from '@gemel/application/namespaces';
import { lockFolder } from '@gemel/sqlite';
import { checkOf } from './checked-stores.js';
import { connectionStores, feeds, histories, liveBuses, stores } from './adapters.js';
import type { Ports } from './ports.js';
import { randomIds, systemClock, systemTimers } from './system.js';

export interface EmbeddedOptions {
  /** Made when missing; locked against other processes while open. */
  readonly folder: string;
  readonly cacheBytes: number;
  /** Undefined keeps everything. */
  readonly historyRetentionDays: number | undefined;
  readonly log: Logger;
}

/** Ports on files of one folder, and what ends them. */
export interface EmbeddedPorts extends Ports, HeldEntities {
  readonly retention: LogRetention;
  /** Of what is stored against the log. */
  readonly check: ConsistencyCheck;
  readonly blocked: BlockedNamespaces;
  readonly timers: Timers;
  /** Definitions of connections, and up to where their targets have published. */
  readonly connections: Connections;
  /** Whether the store can be used, and takes writes. */
  readiness(): Promise<readonly PartState[]>;
  readonly meters: readonly Meter[];
  close(): Promise<void>;
}

type Connections = Awaited<ReturnType<Awaited<ReturnType<typeof connectionStores.embedded>>>>;

/** @throws FolderInUse, and what the store throws for files it cannot read */
export async function openEmbeddedPorts({
  folder,
  cacheBytes,
  historyRetentionDays,
  log,
}: EmbeddedOptions): Promise<EmbeddedPorts> {
  const lock = await lockFolder(folder);
  try {
    const openStore = await stores.embedded();
    const openConnections = await connectionStores.embedded();
    const openHistory = await histories.embedded();
    const Feed = await feeds.embedded();
    const LiveBus = await liveBuses.embedded();
    const store = await openStore({ folder, cacheBytes, log });
    const history = await openHistory({ folder, retentionDays: historyRetentionDays, now: () => systemClock.now() });
    const connections = await openConnections(folder);
    const blocked = await blockedIn(store.records, log);
    const feed = new Feed({ log: store, onCommit: (listener) => store.onCommit(listener), logger: log });
    return {
      log: store,
      states: store,
      archive: store.archive,
      retention: store.archive,
      check: checkOf(store),
      directory: store.directory,
      records: store.records,
      blocked,
      index: store,
      feed,
      history,
      live: new LiveBus(log),
      clock: systemClock,
      ids: randomIds,
      timers: systemTimers,
      connections,
      held: () => store.held(),
      readiness: async () => [await store.state()],
      meters: [...store.meters, ...feed.meters],
      close: async () => {
        await store.close();
        connections.close();
        await history.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Blocks outlive a restart. */
async function blockedIn(records: RecordStore, log: Logger): Promise<BlockedNamespaces> {
  const blocked = new BlockedNamespaces({ records, clock: systemClock, timers: systemTimers, log, isShared: false });
  await blocked.look();
  return blocked;
}
