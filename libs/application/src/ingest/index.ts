export { PayloadTooLarge, SenderUnknown, isTransient } from './errors.js';
export { FailureLog } from './failure-log.js';
export type { IngestFailure } from './failure-log.js';
export { DEFAULT_INGEST_OPTIONS, Ingest, thingIdOf } from './ingest.js';
export type { IngestCounters, IngestOptions, IngestRoute, ThingCommands } from './ingest.js';
export { TwinEventMessages } from './twin-event-messages.js';
export type { TwinEventView } from './twin-event-messages.js';
export { OPENTWINS_TARGET, TwinEventTarget } from './twin-event-target.js';
export type { TwinEventSources, TwinEventTargetConfig, TwinEventTargetCounters } from './twin-event-target.js';
