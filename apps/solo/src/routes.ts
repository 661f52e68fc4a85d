import { cloudEventRoutes } from '@gemel/api/cloudevents';
import { twinRoutes, typeRoutes } from '@gemel/api/extended';
import { hostname } from 'node:os';
import { influxRoutes, timeseriesRoutes } from '@gemel/api/history';
import type { HttpMetrics, Route } from '@gemel/api/http';
import { MessageStreams, messageRoutes } from '@gemel/api/messages';
import { withDocumentation } from '@gemel/api/openapi';
import { ingestRoutes, whoamiRoute } from '@gemel/api/operations';
import type { ReadinessCheck } from '@gemel/api/operations';
import { policyRoutes, tokenIntegrationRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { thingRoutes } from '@gemel/api/things';
import { TwinEventStreams } from '@gemel/api/sse';
import { Membership } from '@gemel/application/operations';
import { ProcessLogLevels, VERSION } from '@gemel/process/running';
import type { AdjustableLogger } from '@gemel/process/running';
import { ingestFailures, processRoutes, selfOf, twinOperations } from '@gemel/process/serving';
import type { Core, EmbeddedPorts } from '@gemel/wiring';
import type { Settings } from './config.js';
import type { Devices } from './devices.js';

export interface RouteParts {
  readonly core: Core;
  readonly ports: EmbeddedPorts;
  readonly devices: Devices;
  readonly metrics: HttpMetrics;
  readonly readiness: ReadinessCheck;
  readonly log: AdjustableLogger;
}

/** Everything that this process answers over HTTP. */
export function soloRoutes(settings: Settings, parts: RouteParts): readonly Route[] {
  const { core, ports, devices, log } = parts;
  const { acks, things, live, search, policies, composition, timeseries, flux } = core;
  const { ids } = ports;
  const defaultNamespace = settings.GEMEL_DEFAULT_NAMESPACE;
  const streams = new TwinEventStreams(core.streams, log);
  return withDocumentation(
    [
      ...thingRoutes({ things: live.things, search, streams, acks, ids, defaultNamespace }),
      ...messageRoutes({ messages: live.messages, streams: new MessageStreams(live.hub, log), defaultNamespace }),
      ...timeseriesRoutes({ timeseries, defaultNamespace }),
      ...policyRoutes({ policies, ...core.policyQuestions, ids, defaultNamespace }),
      ...tokenIntegrationRoutes({
        tokens: core.tokens,
        defaultNamespace,
        subject: settings.GEMEL_TOKEN_INTEGRATION_SUBJECT,
      }),
      ...searchRoutes(search, log),
      ...cloudEventRoutes({ things, policies }),
      ...typeRoutes(composition),
      ...twinRoutes(composition),
      ...influxRoutes(flux),
      whoamiRoute,
      ...operatedBy(settings, parts),
      ...ingestRoutes(ingestFailures(devices.failures)),
    ],
    VERSION,
  );
}

/** This one process does the work of all of Ditto's services. */
const SERVICES = ['gateway', 'connectivity', 'policies', 'search', 'things'] as const;

function operatedBy(settings: Settings, { ports, metrics, readiness, log }: RouteParts): readonly Route[] {
  const { clock, timers } = ports;
  const levels = new ProcessLogLevels(log, settings.GEMEL_LOG_LEVEL);
  const operated = { services: SERVICES, instance: hostname(), settings, levels, readiness, metrics };
  return processRoutes(operated, new Membership({ self: selfOf(operated), clock, timers, log }), twinOperations(ports));
}
