export { MetricTally } from './metric-tally.js';
export type { MetricSeries, TallyBounds } from './metric-tally.js';
export { OperatorMetricsInvalid, parseOperatorMetrics } from './operator-metric.js';
export type { OperatorMetric } from './operator-metric.js';
