import type { ConnectionRunner } from '@gemel/application/connections';
import type { HopHistogram } from '@gemel/application/pipelines';
import type { Meter, MeterSample } from '@gemel/application/ports';

/** What operators watch of connections. */
export function connectionMeters(connections: ConnectionRunner): readonly Meter[] {
  return [
    {
      name: 'gemel_connections',
      help: 'Connections that should be open, here or on another replica; NaN until they are known.',
      kind: 'gauge',
      read: () => connections.wanted() ?? NaN,
    },
    {
      name: 'gemel_connection_up',
      help: 'Whether a connection that this replica holds is open, with all its sources and targets.',
      kind: 'gauge',
      labels: ['connection'],
      read: () =>
        connections
          .status()
          .filter(({ clientStatus }) => clientStatus.length > 0)
          .map(({ connectionId, clientStatus, sourceStatus, targetStatus }) => ({
            labels: { connection: connectionId },
            value: [...clientStatus, ...sourceStatus, ...targetStatus].every(({ status }) => status === 'open') ? 1 : 0,
          })),
    },
    {
      name: 'gemel_connection_messages_total',
      help: 'Messages of the connections that this replica holds, since it does.',
      kind: 'counter',
      labels: ['connection', 'kind'],
      read: () =>
        [...connections.counters()].flatMap(([connection, counters]) =>
          Object.entries(counters).map(([kind, value]: [string, number]) => ({ labels: { connection, kind }, value })),
        ),
    },
    ...hopMeters(connections),
  ];
}

/** Together a histogram of Prometheus, whose name is `gemel_hop_latency_seconds`. */
function hopMeters(connections: ConnectionRunner): readonly Meter[] {
  const name = 'gemel_hop_latency_seconds';
  const labels = ['connection', 'from', 'to'];
  const read = (samplesOf: (histogram: HopHistogram) => readonly MeterSample[]) => () =>
    [...connections.hops()].flatMap(([connection, histograms]) =>
      histograms.flatMap((histogram) =>
        samplesOf(histogram).map((sample) => ({
          ...sample,
          labels: { connection, from: histogram.from, to: histogram.to, ...sample.labels },
        })),
      ),
    );
  return [
    {
      name: `${name}_bucket`,
      help: 'Messages by the time that they took from one hop to another at most, by their header hops.',
      kind: 'counter',
      labels: [...labels, 'le'],
      read: read(({ buckets }) => buckets.map(({ le, count }) => ({ labels: { le }, value: count }))),
    },
    {
      name: `${name}_sum`,
      help: 'Seconds that messages took from one hop to another, all in all.',
      kind: 'counter',
      labels,
      read: read(({ sum }) => [{ labels: {}, value: sum }]),
    },
    {
      name: `${name}_count`,
      help: 'Messages whose time from one hop to another is known.',
      kind: 'counter',
      labels,
      read: read(({ count }) => [{ labels: {}, value: count }]),
    },
  ];
}
