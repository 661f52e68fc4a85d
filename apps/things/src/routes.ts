import { influxRoutes, timeseriesRoutes } from '@gemel/api/history';
import type { HttpMetrics, Route } from '@gemel/api/http';
import { withDocumentation } from '@gemel/api/openapi';
import { operationRoutes, whoamiRoute } from '@gemel/api/operations';
import type { ReadinessCheck } from '@gemel/api/operations';
import { policyRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { TwinEventStreams } from '@gemel/api/sse';
import { thingRoutes } from '@gemel/api/things';
import type { IdSource, Logger } from '@gemel/application/ports';
import { VERSION } from '@gemel/process/running';
import { ALIVE } from '@gemel/process/serving';
import type { Core } from '@gemel/wiring';
import type { Settings } from './config.js';

export interface RouteParts {
  readonly core: Core;
  readonly ids: IdSource;
  readonly metrics: HttpMetrics;
  readonly readiness: ReadinessCheck;
  readonly log: Logger;
}

/** The twin API. */
export function thingsRoutes(settings: Settings, parts: RouteParts): readonly Route[] {
  const { core, ids, metrics, readiness, log } = parts;
  const { things, search, policies, timeseries, flux } = core;
  const defaultNamespace = settings.GEMEL_DEFAULT_NAMESPACE;
  const streams = new TwinEventStreams(core.streams, log);
  return withDocumentation(
    [
      ...thingRoutes({ things, search, streams, ids, defaultNamespace }),
      ...timeseriesRoutes({ timeseries, defaultNamespace }),
      ...policyRoutes({ policies, ids, defaultNamespace }),
      ...searchRoutes(search),
      ...influxRoutes(flux),
      whoamiRoute,
      ...operationRoutes({ health: ALIVE, readiness, metrics }),
    ],
    VERSION,
  );
}
