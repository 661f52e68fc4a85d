export { OperatorMetrics } from './operator-metrics.js';
export type { OperatorMetricsBounds } from './operator-metrics.js';
