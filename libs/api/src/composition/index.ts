export { compositionRoutes } from './composition-routes.js';
