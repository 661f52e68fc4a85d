export { connectionMeters } from './connection-meters.js';
export { clusterManagement, openManagement, openScripts } from './open-management.js';
export { ConnectionsInvalid, readConnections } from './read-connections.js';
export { openRunner, runConnections } from './run-connections.js';
