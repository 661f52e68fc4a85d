export type { Clock } from './clock.js';
export { DIRECT, MessageNotTaken, MessageRefused, MessageUnacceptable, PUBLISHED } from './connector.js';
export type {
  ConnectionBoard,
  ConnectionOrders,
  ConnectionRecord,
  ConnectionReport,
  ConnectionStore,
  PostedReport,
} from './connection-store.js';
export type {
  Connector,
  ConnectorObserver,
  ConnectorStatus,
  InboundHandler,
  InboundMessage,
  OpenConnector,
  OutboundMessage,
  OutboundPublisher,
  Place,
  PublishOutcome,
  Route,
} from './connector.js';
export type { EventBus } from './event-bus.js';
export type { EventFeed, EventReader, Subscription } from './event-feed.js';
export {
  CommitTooLarge,
  GuardConflict,
  OutcomeUnknown,
  RevisionConflict,
  StoreUnavailable,
  premisesOf,
} from './event-log.js';
export type { Change, EventLog, Guard, PolicyChange, Position, RecordedEvent, ThingChange } from './event-log.js';
export type { HeldEntities } from './held-entities.js';
export { AGGREGATES, HistoryUnavailable } from './history-store.js';
export type {
  Aggregate,
  HistoryStore,
  Micros,
  Point,
  PointValue,
  Sample,
  Series,
  SeriesFilter,
  SeriesKey,
  TimeRange,
  Window,
} from './history-store.js';
export type { IdSource } from './ids.js';
export type { LeaseRecord, LeaseStore } from './lease-store.js';
export type { LiveBus, LiveFrame } from './live-bus.js';
export type { LogFields, Logger } from './logger.js';
export type { MappingScripts, OpenScript } from './mapping-scripts.js';
export type { Meter, MeterSample } from './meter.js';
export { serverState } from './part-state.js';
export type { PartState } from './part-state.js';
export type { BaseState, LogRetention } from './log-retention.js';
export { LeaseLost } from './reader-positions.js';
export type { PresenceBoard, PresenceRecord } from './presence-board.js';
export type { PasswordHasher } from './password-hasher.js';
export type { DueQuery, PolicyDirectory, PolicyDirectoryQuery } from './policy-directory.js';
export type { ReaderPositions } from './reader-positions.js';
export type { RecordKind, RecordQuery, RecordStore, StoredRecord } from './record-store.js';
export { ARCHIVED_EVERY } from './state-archive.js';
export type { ArchiveBound, StateArchive } from './state-archive.js';
export { SecretUnreadable } from './secret-lock.js';
export type { SecretLock } from './secret-lock.js';
export type { StateStore } from './state-store.js';
export type {
  StoredDocuments,
  StoredEntity,
  StoredLogFault,
  StoredLogPage,
  StoredPlaces,
  StoredState,
} from './stored-documents.js';
export type { PolicyMemory, Premise, RememberedPolicy } from './policy-memory.js';
export type { ThingMemory } from './thing-memory.js';
export type { SortKey, ThingMatch, ThingPageQuery, ThingQuery, ThingSearch } from './thing-search.js';
export type { Timers } from './timers.js';
export type { TokenVerifier, VerifiedToken } from './token-verifier.js';
