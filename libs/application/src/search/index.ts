export { DEFAULT_QUERY_LIMITS, QueryTimeExceeded, QueryWatch } from './query-watch.js';
export type { QueryLimits } from './query-watch.js';
export type { Scope, SearchRequest } from './search-request.js';
export { SearchService } from './search-service.js';
export type { SearchPage } from './search-service.js';
export type { StreamRequest, StreamedMatch } from './search-stream.js';
