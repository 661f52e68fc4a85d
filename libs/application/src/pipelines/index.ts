export { DeadLetters } from './dead-letters.js';
export { HopLatencies } from './hop-latencies.js';
export type { HopHistogram } from './hop-latencies.js';
export { UnseenAddresses, mergeUnseen } from './unseen-addresses.js';
