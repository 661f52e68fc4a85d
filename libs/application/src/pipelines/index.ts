export { DeadLetterExchange } from './dead-letter-exchange.js';
export type { LetterOutcome } from './dead-letter-exchange.js';
export { DeadLetters } from './dead-letters.js';
export { HopLatencies } from './hop-latencies.js';
export type { HopHistogram } from './hop-latencies.js';
export { UnseenAddresses, mergeUnseen } from './unseen-addresses.js';
