import type { HistorianMetrics } from '@gemel/application/history';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Devices } from './devices.js';

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

/** Shows the counters of ingest, target and broker, read when someone asks. */
export function showDeviceMetrics(registry: Registry, { ingest, target, broker }: Devices): void {
  const show = (name: string, help: string, values: () => Readonly<Record<string, number>>): void => {
    const gauge = new Gauge<'kind'>({
      name,
      help,
      labelNames: ['kind'],
      registers: [registry],
      collect: () => {
        for (const [kind, value] of Object.entries(values())) gauge.set({ kind }, value);
      },
    });
  };
  show('gemel_ingest_messages', 'Device messages since the start.', () => {
    const { received, applied } = ingest.counters();
    return { received, applied };
  });
  show(
    'gemel_ingest_failures',
    'Device messages that could not be applied, by error code.',
    () => ingest.counters().failed,
  );
  show('gemel_broker', 'The MQTT broker: clients and in-flight messages now, the rest since the start.', () => ({
    ...broker.counters(),
  }));
  if (target !== undefined)
    show('gemel_target_events', 'Twin events for the MQTT target.', () => ({ ...target.counters() }));
}
