export { compositionRoutes } from './composition-routes.js';
export { typeServiceRoutes } from './type-service-routes.js';
