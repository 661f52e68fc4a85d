export { frameParts } from './frame-parts.js';
export { ingestFailures } from './ingest-failures.js';
export { historianMetrics, showCounts, showIngest, showTarget } from './metrics.js';
export { PARTS } from './parts.js';
export { startHttp } from './start-http.js';
export type { HttpProcess } from './start-http.js';
