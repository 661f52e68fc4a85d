import type { Meter } from '@gemel/application/ports';

/** The counters of a bus, as the adapter has them. */
interface CountedBus {
  lag(): Promise<Readonly<Record<string, number>>>;
  counters(): BusCounters;
}

interface BusCounters {
  readonly published: number;
  readonly publishFailures: number;
  readonly consumed: number;
  readonly retried: number;
  readonly duplicates: number;
  readonly foreign: number;
  readonly reconnects: number;
}

/** What operators watch of the bus between processes. */
export function busMeters(bus: CountedBus): readonly Meter[] {
  const each = (): readonly { readonly labels: { readonly kind: string }; readonly value: number }[] =>
    Object.entries({ ...bus.counters() }).map(([kind, value]) => ({ labels: { kind }, value }));
  return [
    {
      name: 'gemel_bus_events_total',
      help: 'Events on the bus between processes, by what became of them here; reconnects among them.',
      kind: 'counter',
      labels: ['kind'],
      read: each,
    },
    {
      name: 'gemel_reader_lag_events',
      help: 'Events of the log that a reader has not had yet; over Kafka messages, each of one event or several.',
      kind: 'gauge',
      labels: ['reader'],
      read: async () => {
        const lags = await bus.lag().catch(() => ({}));
        return Object.entries(lags).map(([reader, value]) => ({ labels: { reader }, value }));
      },
    },
  ];
}
