export { cacheMeters } from './cache-meters.js';
export { estimateBytes } from './estimate-bytes.js';
export { IndexedSearch } from './indexed-search.js';
export type { IndexedSource } from './indexed-search.js';
export type { ShelfOptions } from './value-index/index.js';
export type { Candidates, ScanSource } from './scan-source.js';
export * from './tailed-states/index.js';
export { StateCache } from './state-cache.js';
export { ThingScan } from './thing-scan.js';
