export { connectionFacadeRoutes } from './connection-facade-routes.js';
export { extendedRoutes } from './extended-routes.js';
export type { ExtendedParts } from './extended-routes.js';
