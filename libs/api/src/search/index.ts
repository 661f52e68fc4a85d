export { searchRoutes } from './search-routes.js';
export { searchScope } from './search-scope.js';
export type { ThingSearches } from './search-routes.js';
