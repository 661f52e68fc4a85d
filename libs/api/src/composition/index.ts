export { compositionRoutes } from './composition-routes.js';
export { transferRoutes } from './transfer-routes.js';
export { typeServiceRoutes } from './type-service-routes.js';
