export { MONGODB, clusterParts } from './cluster-parts.js';
export { runClusterProcess } from './run-cluster-process.js';
export { eventStreams, services, work } from './stages.js';
