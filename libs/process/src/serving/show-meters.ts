import type { Meter, MeterSample } from '@gemel/application/ports';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Shows what adapters count, read when somebody asks. Meters of one name, from several adapters, are one metric. */
export function showMeters(registry: Registry, meters: readonly Meter[]): void {
  for (const name of new Set(meters.map((meter) => meter.name)))
    showMetric(
      registry,
      meters.filter((meter) => meter.name === name),
    );
}

function showMetric(registry: Registry, meters: readonly Meter[]): void {
  const [first] = meters;
  if (first === undefined) return;
  const { name, help, kind, labels: labelNames = [] } = first;
  const options = { name, help, labelNames: [...labelNames], registers: [registry] };
  const read = async (): Promise<readonly MeterSample[]> => (await Promise.all(meters.map(samplesOf))).flat();
  if (kind === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...options,
      collect: async () => {
        const samples = await read();
        // What is not there any more is not shown any more.
        gauge.reset();
        for (const { labels, value } of samples) gauge.set(labels, value);
        // Without labels it would show 0.
        if (samples.length === 0) gauge.remove({});
      },
    });
    return;
  }
  const counter: Counter = new Counter({
    ...options,
    collect: async () => {
      const samples = await read();
      counter.reset();
      for (const { labels, value } of samples) counter.inc(labels, value);
    },
  });
}

async function samplesOf(meter: Meter): Promise<readonly MeterSample[]> {
  const value = await meter.read();
  return typeof value === 'number' ? [{ labels: {}, value }] : value;
}
