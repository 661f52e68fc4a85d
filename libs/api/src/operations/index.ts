export { operationRoutes } from './operation-routes.js';
export type { HealthCheck, OperationParts } from './operation-routes.js';
