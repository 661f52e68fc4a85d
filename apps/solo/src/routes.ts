import { twinRoutes, typeRoutes } from '@gemel/api/extended';
import { influxRoutes, timeseriesRoutes } from '@gemel/api/history';
import type { HttpMetrics, Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { ingestRoutes, operationRoutes, whoamiRoute } from '@gemel/api/operations';
import type { ReadinessCheck } from '@gemel/api/operations';
import { policyRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { thingRoutes } from '@gemel/api/things';
import { TwinEventStreams } from '@gemel/api/sse';
import type { Logger } from '@gemel/application/ports';
import { VERSION } from '@gemel/process/running';
import { ALIVE, ingestFailures } from '@gemel/process/serving';
import type { Core, Ports } from '@gemel/wiring';
import type { Settings } from './config.js';
import type { Devices } from './devices.js';

export interface RouteParts {
  readonly core: Core;
  readonly ports: Ports;
  readonly devices: Devices;
  readonly metrics: HttpMetrics;
  readonly readiness: ReadinessCheck;
  readonly log: Logger;
}

/** Everything that this process answers over HTTP. */
export function soloRoutes(settings: Settings, parts: RouteParts): readonly Route[] {
  const { core, ports, devices, metrics, readiness, log } = parts;
  const { things, search, policies, composition, timeseries, flux } = core;
  const { ids } = ports;
  const defaultNamespace = settings.GEMEL_DEFAULT_NAMESPACE;
  const streams = new TwinEventStreams(core.streams, log);
  return withDocumentation(
    [
      ...thingRoutes({ things, search, streams, ids, defaultNamespace }),
      ...timeseriesRoutes({ timeseries, defaultNamespace }),
      ...policyRoutes({ policies, ids, defaultNamespace }),
      ...searchRoutes(search),
      ...typeRoutes(composition),
      ...twinRoutes(composition),
      ...influxRoutes(flux),
      whoamiRoute,
      ...operationRoutes({ health: ALIVE, readiness, metrics }),
      ...ingestRoutes(ingestFailures(devices.failures)),
    ],
    VERSION,
  );
}
