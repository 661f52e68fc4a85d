export { operationRoutes } from './operation-routes.js';
export type { HealthCheck, IngestFailures, OperationParts } from './operation-routes.js';
