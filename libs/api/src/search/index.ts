export { searchRoutes } from './search-routes.js';
export type { ThingSearches } from './search-routes.js';
