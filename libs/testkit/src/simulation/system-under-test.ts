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
  PolicyMemory,
  Position,
  Premise,
  ReaderPositions,
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
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';

export interface SimulatedPorts {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly memory: ThingMemory & PolicyMemory;
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

/** A commit without its events, by the position of its last one. */
export interface SimulatedCommit {
  readonly _id: Position;
  readonly first: Position;
  readonly keys: readonly string[];
}

export interface SimulatedDocuments<State> {
  find(ids: readonly string[]): Promise<ReadonlyMap<string, State>>;
  write(states: readonly (readonly [id: string, state: State])[]): Promise<void>;
}

export interface SimulatedStatesOptions {
  readonly documents: {
    readonly things: SimulatedDocuments<ThingState>;
    readonly policies: SimulatedDocuments<PolicyState>;
  };
  readonly commits: {
    tail(position: Position, except: readonly Position[], limit: number): Promise<readonly SimulatedCommit[]>;
    eventsIn(commits: readonly Position[]): Promise<readonly GemelEvent[]>;
  };
  readonly cacheBytes: number;
  readonly written: () => Promise<Position>;
  readonly now: () => number;
  readonly later: (ms: number, begin: () => void) => void;
  readonly limits: {
    readonly page: number;
    readonly mostMissed: number;
    readonly worthAsking: number;
    readonly askedEveryMs: number;
    readonly longestMs: number;
  };
}

interface SimulatedReader<State> {
  read(id: string): Promise<State | undefined>;
  readMany(ids: readonly string[]): Promise<ReadonlyMap<string, State>>;
  readSeen(ids: readonly string[]): Promise<ReadonlyMap<string, State>>;
  recall(id: string): State | undefined;
  remember(id: string, state: State): void;
  forget(id: string, revision: number): void;
}

/** What one replica remembers, and the tail of the log that it is read with. */
export interface SimulatedStates {
  readonly tail: {
    readonly floor: Position;
    readonly keys: Iterable<string>;
    catchUp(): Promise<void>;
    saw(commit: SimulatedCommit): void;
    revisionOf(key: string): number;
  };
  readonly things: { readonly reader: SimulatedReader<ThingState> };
  readonly policies: { readonly reader: SimulatedReader<PolicyState> };
  readonly generation: {
    took(taken: { readonly upTo: Position; readonly generation: number }): void;
    wrong(premises: readonly Premise[], before: number): Promise<ReadonlySet<Premise>>;
  };
  readonly recallPolicy: PolicyMemory['recallPolicy'];
  follow(event: GemelEvent): void;
  /** The reader of the log that writes documents. */
  projection(positions: ReaderPositions, token: number): EventReader;
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
  readonly openStates: (options: SimulatedStatesOptions) => SimulatedStates;
  /** Under which an event stands in the tail of the log. */
  readonly eventKey: (entity: GemelEvent['entity'], id: string, revision: number) => string;
  /** An entity by its key in the tail. */
  readonly entityOfKey: (key: string) => { readonly entity: GemelEvent['entity']; readonly id: string };
  /** Under which the projection's position is kept. */
  readonly projectionName: string;
}
