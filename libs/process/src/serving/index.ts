export { ALIVE } from './alive.js';
export { frameParts } from './frame-parts.js';
export { ingestFailures } from './ingest-failures.js';
export { historianMetrics, showCounts, showIngest, showTarget } from './metrics.js';
export { Readiness } from './readiness.js';
export { showMeters } from './show-meters.js';
export { PARTS } from './parts.js';
export { startHttp } from './start-http.js';
export type { HttpProcess } from './start-http.js';
