export { historicalHeaders } from './historical-headers.js';
export { PastStates } from './past-states.js';
export type { PastState } from './past-states.js';
