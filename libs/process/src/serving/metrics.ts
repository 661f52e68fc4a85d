import type { HistorianMetrics } from '@gemel/application/history';
import type { Ingest, TwinEventTarget } from '@gemel/application/ingest';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

const MS_PER_SECOND = 1_000;

/** What the history's writing reports, as metrics. */
export function historianMetrics(registry: Registry): HistorianMetrics {
  const registers = [registry];
  const points = new Counter({ name: 'gemel_history_points_total', help: 'Points written to the history.', registers });
  const lag = new Gauge({
    name: 'gemel_history_lag_seconds',
    help: 'Age of the last event of the last batch when it was in the history.',
    registers,
  });
  return {
    written: (count, lagMs) => {
      points.inc(count);
      lag.set(lagMs / MS_PER_SECOND);
    },
  };
}

/** Shows counts by their kind, read when someone asks. */
export function showCounts(
  registry: Registry,
  name: string,
  help: string,
  counts: () => Readonly<Record<string, number>>,
): void {
  const gauge = new Gauge<'kind'>({
    name,
    help,
    labelNames: ['kind'],
    registers: [registry],
    collect: () => {
      for (const [kind, value] of Object.entries(counts())) gauge.set({ kind }, value);
    },
  });
}

/** Shows what comes in from devices. */
export function showIngest(registry: Registry, ingest: Ingest): void {
  showCounts(registry, 'gemel_ingest_messages', 'Device messages since the start.', () => {
    const { received, applied } = ingest.counters();
    return { received, applied };
  });
  showCounts(
    registry,
    'gemel_ingest_failures',
    'Device messages that could not be applied, by error code.',
    () => ingest.counters().failed,
  );
}

/** Shows what goes out to devices. */
export function showTarget(registry: Registry, target: TwinEventTarget): void {
  showCounts(registry, 'gemel_target_events', 'Twin events for the MQTT target.', () => ({ ...target.counters() }));
}
