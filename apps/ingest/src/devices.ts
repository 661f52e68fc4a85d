import { ConnectionNotices, DeadLetterExchange, DiversionExchange } from '@gemel/application/connections';
import type { ConnectionManagement, ConnectionRunner } from '@gemel/application/connections';
import { FailureLog, Ingest, TwinAcks } from '@gemel/application/ingest';
import type { Logger, Subscription } from '@gemel/application/ports';
import {
  clusterManagement,
  connectionMeters,
  openRunner,
  openScripts,
  readConnections,
  runConnections,
} from '@gemel/process/connections';
import { showIngest, showMeters } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { Registry } from 'prom-client';
import type { Settings } from './config.js';

/** Everything between the brokers of devices and the twins. */
export interface Devices {
  readonly failures: FailureLog;
  readonly connections: ConnectionRunner;
  readonly management: ConnectionManagement;
  /** Competes for the connections, and holds those that it wins. */
  start(): Subscription;
}

/** Before a replica competes for each further client of a connection: others may have them, too. */
const SPREAD_MS = 1_000;
/** Between two looks at what is stored of connections, however often others change them. */
const REST_MS = 100;

export interface DeviceParts {
  readonly ports: ClusterPorts;
  readonly core: Core;
  readonly registry: Registry;
  readonly log: Logger;
}

/** @throws ConnectionsInvalid */
export async function openDevices(settings: Settings, { ports, core, registry, log }: DeviceParts): Promise<Devices> {
  const seeds = await readConnections(settings);
  const { clock, feed, states, memory, leases, ids, timers, connections: store } = ports;
  const failures = new FailureLog(clock, log);
  const ingest = new Ingest(core.things, failures, ids, {
    maxPayloadBytes: settings.GEMEL_REQUEST_MAX_BYTES,
    beginsTraces: settings.GEMEL_TRACING,
    live: core.live.inbox,
    acks: new TwinAcks(core.acks),
    queries: core.queries,
    policies: core.policies,
  });
  const runner = openRunner(settings, {
    leases,
    spreadMs: SPREAD_MS,
    ingest,
    live: core.live.hub,
    announcements: core.announcements,
    diversions: new DiversionExchange(ports.live),
    deadLetters: new DeadLetterExchange({ bus: ports.live, ids, timers }),
    acks: core.live.acks,
    events: { feed, states, memory, enforcers: core.enforcers },
    clock,
    timers,
    scripts: () => openScripts(settings),
    log,
  });
  const management = clusterManagement(settings, ports);
  const notices = new ConnectionNotices(ports.live);
  showIngest(registry, ingest);
  showMeters(registry, connectionMeters(runner));
  const running = {
    ...{ runner, management, store, board: store, seeds, timers, log, restMs: REST_MS },
    onChange: (listener: () => void) => notices.onChange(listener),
    onLook: (listener: (connectionId: string) => void) => notices.onLook(listener),
  };
  return { failures, connections: runner, management, start: () => runConnections(settings, running) };
}
