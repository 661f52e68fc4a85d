import type { ConnectionStatuses } from '@gemel/api/operations';
import { FailureLog, Ingest } from '@gemel/application/ingest';
import type { Logger, Subscription } from '@gemel/application/ports';
import { showIngest } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { Registry } from 'prom-client';
import type { Settings } from './config.js';

/** Everything between the brokers of devices and the twins. */
export interface Devices extends ConnectionStatuses {
  readonly ingest: Ingest;
  readonly failures: FailureLog;
  /** Competes for the connections, and holds those that it wins. */
  start(): readonly Subscription[];
}

export interface DeviceParts {
  readonly ports: ClusterPorts;
  readonly core: Core;
  readonly registry: Registry;
  readonly log: Logger;
}

export function openDevices(settings: Settings, { ports, core, registry, log }: DeviceParts): Devices {
  const failures = new FailureLog(ports.clock, log);
  const ingest = new Ingest(core.things, failures, ports.ids, { maxPayloadBytes: settings.GEMEL_REQUEST_MAX_BYTES });
  showIngest(registry, ingest);
  return { ingest, failures, start: () => [], statuses: () => [] };
}
