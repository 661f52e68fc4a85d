export { PayloadTooLarge, SenderUnknown } from './errors.js';
export { FailureLog } from './failure-log.js';
export type { IngestFailure } from './failure-log.js';
export { DEFAULT_INGEST_OPTIONS, Ingest } from './ingest.js';
export type { IngestCounters, IngestOptions, ThingCommands } from './ingest.js';
export { OPENTWINS_TARGET, TwinEventTarget } from './twin-event-target.js';
export type { TwinEventSources, TwinEventTargetConfig, TwinEventTargetCounters } from './twin-event-target.js';
