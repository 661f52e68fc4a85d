export { brokers, connectors, feeds, scriptEngines, verifiers } from './adapters.js';
export { openClusterPorts } from './cluster.js';
export type { ClusterOptions, ClusterPorts } from './cluster.js';
export { wireCore } from './core.js';
export type { Core, CoreLimits, Ports } from './core.js';
export { openEmbeddedPorts } from './embedded.js';
export type { EmbeddedOptions, EmbeddedPorts } from './embedded.js';
export { firstOf, wireThinner } from './thinner.js';
export { randomIds, systemClock, systemTimers } from './system.js';
