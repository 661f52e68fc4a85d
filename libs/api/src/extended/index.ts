export { extendedRoutes } from './extended-routes.js';
export type { ExtendedParts } from './extended-routes.js';
