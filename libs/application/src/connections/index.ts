export { ConnectionRunner } from './connection-runner.js';
export type { ConnectionRunnerParts } from './connection-runner.js';
export type { ConnectionStatus, ResourceStatus } from './connection-status.js';
export type { ConnectionCounters } from './held-connection.js';
