import { OperatorMetrics } from '@gemel/application/operator-metrics';
import type { Logger, Timers } from '@gemel/application/ports';
import type { SearchService } from '@gemel/application/search';
import type { Registry } from 'prom-client';
import type { OperatorMetricSettings } from '../settings/index.js';
import { showMeters } from './show-meters.js';

export interface OperatorMetricParts {
  readonly search: SearchService;
  readonly timers: Timers;
  readonly registry: Registry;
  readonly log: Logger;
}

/** The searches that operators name, on the page of metrics; the caller starts them. */
export function operatorMetrics(settings: OperatorMetricSettings, parts: OperatorMetricParts): OperatorMetrics {
  const bounds = {
    intervalMs: settings.GEMEL_OPERATOR_METRICS_INTERVAL_MS,
    maxSeries: settings.GEMEL_OPERATOR_METRICS_MAX_SERIES,
  };
  const metrics = new OperatorMetrics(settings.GEMEL_OPERATOR_METRICS, bounds, parts);
  showMeters(parts.registry, metrics.meters);
  return metrics;
}
