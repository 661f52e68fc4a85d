export { formatInstant, formatMicros, parseInstant } from './instant.js';
export type { Instant } from './instant.js';
