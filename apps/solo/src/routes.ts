import { compositionRoutes, transferRoutes, typeServiceRoutes } from '@gemel/api/composition';
import { connectionManagementRoutes } from '@gemel/api/connections';
import { connectionFacadeRoutes, extendedRoutes } from '@gemel/api/extended';
import { hostname } from 'node:os';
import { influxRoutes } from '@gemel/api/history';
import type { HttpMetrics, Route } from '@gemel/api/http';
import { deviceCredentialRoutes, mqttUserRoutes } from '@gemel/api/mqtt-users';
import { withDocumentation } from '@gemel/api/openapi';
import { connectionRoutes, ingestRoutes, whoamiRoute } from '@gemel/api/operations';
import type { ReadinessCheck } from '@gemel/api/operations';
import { Membership } from '@gemel/application/operations';
import type { LogThinner } from '@gemel/application/past';
import { ProcessLogLevels, VERSION } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import { ingestFailures, processRoutes, selfOf, twinApiRoutes, twinOperations } from '@gemel/process/serving';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import type { Settings } from './config.js';
import type { Devices } from './devices.js';

export interface RouteParts {
  readonly core: Core;
  readonly ports: EmbeddedPorts;
  readonly devices: Devices;
  readonly thinner: LogThinner;
  readonly metrics: HttpMetrics;
  readonly readiness: ReadinessCheck;
  readonly log: AdjustableLogger;
}

/** Everything that this process answers over HTTP. */
export function soloRoutes(settings: Settings, parts: RouteParts): readonly Route[] {
  const { core, ports, devices, log } = parts;
  const { composition, flux } = core;
  return withDocumentation(
    [
      ...twinApiRoutes(settings, { core, ids: ports.ids, log }),
      ...compositionRoutes(composition),
      ...typeServiceRoutes(core.typeServices, composition, core.jobs),
      ...transferRoutes(core),
      ...extendedRoutes({ composition, listing: core.policyQuestions.listing }),
      ...influxRoutes(flux),
      whoamiRoute,
      ...connectionRoutes(devices.connections.runner),
      ...connectionManagementRoutes(devices.connections.management),
      ...connectionFacadeRoutes(devices.connections.management),
      ...mqttUserRoutes(devices.mqttUsers),
      ...deviceCredentialRoutes({
        credentials: devices.credentials,
        defaultNamespace: settings.GEMEL_DEFAULT_NAMESPACE,
      }),
      ...operatedBy(settings, parts),
      ...ingestRoutes(ingestFailures(devices.failures)),
    ],
    VERSION,
  );
}

/** This one process does the work of all of Ditto's services. */
const SERVICES = ['gateway', 'connectivity', 'policies', 'search', 'things'] as const;

function operatedBy(settings: Settings, parts: RouteParts): readonly Route[] {
  const { ports, devices, thinner, metrics, readiness, log } = parts;
  const { clock, timers } = ports;
  const levels = new ProcessLogLevels(log, settings.GEMEL_LOG_LEVEL);
  const operated = { services: SERVICES, instance: hostname(), settings, levels, readiness, metrics };
  const membership = new Membership({ self: selfOf(operated), clock, timers, log });
  return processRoutes(operated, membership, twinOperations({ ...ports, thinner }, devices.connections.management));
}
