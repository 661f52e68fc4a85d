export { connectionRoutes } from './connection-routes.js';
export type { ConnectionStatuses } from './connection-routes.js';
export { ingestRoutes } from './ingest-routes.js';
export type { IngestFailures } from './ingest-routes.js';
export { operationRoutes } from './operation-routes.js';
export type { HealthCheck, OperationParts, ReadinessCheck } from './operation-routes.js';
export { whoamiRoute } from './whoami-route.js';
