import { parseJson } from '@gemel/model/json';
import { OperatorMetricsInvalid, parseOperatorMetrics } from '@gemel/model/operator-metrics';
import type { OperatorMetric } from '@gemel/model/operator-metrics';
import { z } from 'zod';

/** Of processes that count things for operators. */
export const operatorMetricSettings = {
  GEMEL_OPERATOR_METRICS: z
    .string()
    .default('{}')
    .transform((text, context) => {
      try {
        return parseOperatorMetrics(parseJson(text));
      } catch (error) {
        const message = error instanceof OperatorMetricsInvalid ? error.message : 'it is not valid JSON';
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    })
    .describe(
      'Searches whose counts `/metrics` shows, by their names: JSON as Ditto’s `custom-metrics` and `custom-aggregation-metrics`, ' +
        '`{"name":{"filter":"…","namespaces":[],"groupBy":{"place":"attributes/place"},"tags":{"place":"{{ group-by:place }}"},"scrapeInterval":"15m"}}`.',
    ),
  GEMEL_OPERATOR_METRICS_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(900_000)
    .describe('Milliseconds between two counts of a metric without a `scrapeInterval` of its own.'),
  GEMEL_OPERATOR_METRICS_MAX_SERIES: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe('Series of one metric; things of further groups are left out, with a warning.'),
};

export interface OperatorMetricSettings {
  readonly GEMEL_OPERATOR_METRICS: readonly OperatorMetric[];
  readonly GEMEL_OPERATOR_METRICS_INTERVAL_MS: number;
  readonly GEMEL_OPERATOR_METRICS_MAX_SERIES: number;
}
