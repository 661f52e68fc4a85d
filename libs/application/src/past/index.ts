export { historicalHeaders } from './historical-headers.js';
export { NO_ARCHIVE } from './no-archive.js';
export { PastStates } from './past-states.js';
export type { PastState } from './past-states.js';
