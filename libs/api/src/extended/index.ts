export { twinRoutes } from './twin-routes.js';
export { typeRoutes } from './type-routes.js';
