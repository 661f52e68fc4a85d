export { clusterParts } from './cluster-parts.js';
export { operatedReplica } from './operated.js';
export type { OperatedReplica } from './operated.js';
export { runClusterProcess } from './run-cluster-process.js';
export { eventStreams, services, work } from './stages.js';
