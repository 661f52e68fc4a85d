export { cacheMeters } from './cache-meters.js';
export { estimateBytes } from './estimate-bytes.js';
export type { Candidates, ScanSource } from './scan-source.js';
export { StateCache } from './state-cache.js';
export { ThingScan } from './thing-scan.js';
