export { ConnectionReporter } from './connection-reporter.js';
export { ConnectionRunner } from './connection-runner.js';
export type { ConnectionRunnerParts } from './connection-runner.js';
export type { ConnectionStatus } from './connection-status.js';
export { ConnectionWatch } from './connection-watch.js';
export { createConnectionManagement } from './create-connection-management.js';
export type { ConnectionManagement, ConnectionManagementOptions } from './create-connection-management.js';
export type { ConnectionCounters } from './held-connection.js';
export { LocalLeases } from './local-leases.js';
