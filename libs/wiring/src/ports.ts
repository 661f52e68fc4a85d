import type { BlockedNamespaces } from '@gemel/application/namespaces';
import type {
  Clock,
  EventFeed,
  EventLog,
  HistoryStore,
  IdSource,
  LiveBus,
  PolicyDirectory,
  PolicyMemory,
  RecordStore,
  StateArchive,
  StateStore,
  ThingMemory,
  ThingSearch,
  Timers,
} from '@gemel/application/ports';

/** What the use cases stand on, whichever adapters provide it. */
export interface Ports {
  readonly log: EventLog;
  readonly states: StateStore;
  /** Of a store whose last states are known to another process only. */
  readonly memory?: ThingMemory & Partial<PolicyMemory>;
  readonly archive: StateArchive;
  readonly directory: PolicyDirectory;
  /** Namespaces that users cannot reach now; none when absent. */
  readonly blocked?: Pick<BlockedNamespaces, 'check' | 'isEmpty'>;
  readonly records: RecordStore;
  readonly index: ThingSearch;
  readonly feed: EventFeed;
  readonly history: HistoryStore;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
}
