export { headersOfPast, historicalHeaders } from './historical-headers.js';
export { LogThinner } from './log-thinner.js';
export type { RetentionRule } from './log-thinner.js';
export { NO_ARCHIVE } from './no-archive.js';
export { PastEvents } from './past-events.js';
export { PastStates } from './past-states.js';
export type { PastState } from './past-states.js';
export { startThinning } from './start-thinning.js';
