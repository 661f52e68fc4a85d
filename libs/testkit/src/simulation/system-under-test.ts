import type { Composition } from '@gemel/application/composition';
import type { HistorianMetrics } from '@gemel/application/history';
import type { PolicyService } from '@gemel/application/policies';
import type {
  Clock,
  EventFeed,
  EventLog,
  EventReader,
  HistoryStore,
  IdSource,
  LiveBus,
  Logger,
  PolicyDirectory,
  RecordStore,
  RecordedEvent,
  StateArchive,
  StateStore,
  ThingMemory,
  ThingSearch,
  Timers,
} from '@gemel/application/ports';
import type { SearchService } from '@gemel/application/search';
import type { TwinStream } from '@gemel/application/streaming';
import type { ThingService } from '@gemel/application/things';

export interface SimulatedPorts {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly memory: ThingMemory;
  readonly archive: StateArchive;
  readonly directory: PolicyDirectory;
  readonly records: RecordStore;
  readonly index: ThingSearch;
  readonly feed: EventFeed;
  readonly history: HistoryStore;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
}

/** The use cases of one replica. */
export interface SimulatedCore {
  readonly things: ThingService;
  readonly policies: PolicyService;
  readonly search: SearchService;
  readonly composition: Composition;
  readonly streams: TwinStream;
  readonly readers: readonly EventReader[];
}

export interface LogFeedOptions {
  readonly log: Pick<EventLog, 'read' | 'end'>;
  readonly onCommit: (listener: (events: readonly RecordedEvent[]) => void) => () => void;
  readonly logger: Logger;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nextTurn: () => Promise<void>;
}

/** What is simulated, given by whoever may choose it. */
export interface SystemUnderTest {
  readonly wireCore: (
    ports: SimulatedPorts,
    limits: {
      readonly maxThingBytes: number;
      readonly maxPolicyBytes: number;
      readonly maxMessageBytes: number;
      readonly strictComposition: boolean;
    },
    watchers: { readonly metrics: HistorianMetrics; readonly logger: Logger },
  ) => SimulatedCore;
  /** Follows the log for the relay. */
  readonly openLogFeed: (options: LogFeedOptions) => EventFeed;
}
