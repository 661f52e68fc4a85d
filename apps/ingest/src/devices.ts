import { ConnectionRunner } from '@gemel/application/connections';
import { FailureLog, Ingest } from '@gemel/application/ingest';
import type { Logger, Meter } from '@gemel/application/ports';
import { showIngest, showMeters } from '@gemel/process/serving';
import { connectors, scriptEngines, systemTimers } from '@gemel/wiring';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { Registry } from 'prom-client';
import type { Settings } from './config.js';
import { readConnections } from './read-connections.js';

/** Everything between the brokers of devices and the twins. */
export interface Devices {
  readonly failures: FailureLog;
  readonly connections: ConnectionRunner;
  /** Competes for the connections, and holds those that it wins. */
  start(): void;
}

export interface DeviceParts {
  readonly ports: ClusterPorts;
  readonly core: Core;
  readonly registry: Registry;
  readonly log: Logger;
}

/** @throws ConnectionsInvalid */
export async function openDevices(settings: Settings, { ports, core, registry, log }: DeviceParts): Promise<Devices> {
  const wanted = await readConnections(settings);
  const { clock, feed, states, leases, ids } = ports;
  const failures = new FailureLog(clock, log);
  const ingest = new Ingest(core.things, failures, ids, {
    maxPayloadBytes: settings.GEMEL_REQUEST_MAX_BYTES,
    beginsTraces: settings.GEMEL_TRACING,
    live: core.live.inbox,
    policies: core.policies,
  });
  const connections = new ConnectionRunner({
    leases,
    connectors: (type) => connectors[type](),
    ingest,
    live: core.live.hub,
    events: { feed, states, enforcers: core.enforcers },
    clock,
    timers: systemTimers,
    scripts: scriptEngines.quickjs,
    log,
  });
  showIngest(registry, ingest);
  showMeters(registry, metersOf(connections));
  return { failures, connections, start: () => connections.start(wanted) };
}

function metersOf(connections: ConnectionRunner): readonly Meter[] {
  return [
    {
      name: 'gemel_connections',
      help: 'Connections that should be open, here or on another replica.',
      kind: 'gauge',
      read: () => connections.status().filter(({ connectionStatus }) => connectionStatus === 'open').length,
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
  ];
}
