import { cloudEventRoutes } from '@gemel/api/cloudevents';
import { influxRoutes, timeseriesRoutes } from '@gemel/api/history';
import type { Route } from '@gemel/api/http';
import { MessageStreams, messageRoutes } from '@gemel/api/messages';
import { withDocumentation } from '@gemel/api/openapi';
import { whoamiRoute } from '@gemel/api/operations';
import { policyRoutes, tokenIntegrationRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { TwinEventStreams } from '@gemel/api/sse';
import { thingRoutes } from '@gemel/api/things';
import type { Logger } from '@gemel/application/ports';
import { VERSION } from '@gemel/process/running';
import type { OperatedReplica } from '@gemel/process/cluster';
import { processRoutes, twinOperations } from '@gemel/process/serving';
import type { ClusterPorts, Core } from '@gemel/wiring';
import type { Settings } from './config.js';

export interface RouteParts {
  readonly core: Core;
  readonly ports: ClusterPorts;
  readonly replica: OperatedReplica;
  readonly log: Logger;
}

/** The twin API. */
export function thingsRoutes(settings: Settings, parts: RouteParts): readonly Route[] {
  const { core, ports, replica, log } = parts;
  const { ids } = ports;
  const { acks, things, live, search, policies, timeseries, flux } = core;
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
      ...influxRoutes(flux),
      whoamiRoute,
      ...processRoutes(replica.operated, replica.membership, twinOperations(ports)),
    ],
    VERSION,
  );
}
