export type { BrokerCounters } from './counters.js';
export { openEmbeddedBroker } from './embedded-broker.js';
export type { EmbeddedBroker } from './embedded-broker.js';
export type { BrokerOptions } from './broker-options.js';
export type { BrokerPrincipal } from './broker-principal.js';
export { DEFAULT_LIMITS } from './limits.js';
export type { BrokerLimits } from './limits.js';
export { PortTaken } from './listen.js';
export type { BrokerTopics } from './topic-rights.js';
