export { Historian } from './historian.js';
export type { HistorianMetrics } from './historian.js';
