export { SearchCursorInvalid } from './cursor.js';
export { SearchService } from './search-service.js';
export type { SearchPage, SearchRequest } from './search-service.js';
