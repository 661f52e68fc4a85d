export { parseDuration } from './duration.js';
export { formatInstant, formatMicros, parseInstant } from './instant.js';
export type { Instant } from './instant.js';
