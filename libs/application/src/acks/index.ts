export { acksJson, combinedStatus, isSuccess } from './ack.js';
export type { Ack } from './ack.js';
export { AckExchange } from './ack-exchange.js';
export { AckCollections } from './ack-collections.js';
export type { OpenCollection } from './ack-collections.js';
