export { connectionManagementRoutes } from './connection-routes.js';
export type { ConnectionRouteParts } from './connection-routes.js';
