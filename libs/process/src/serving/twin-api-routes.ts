import { cloudEventRoutes } from '@gemel/api/cloudevents';
import { timeseriesRoutes } from '@gemel/api/history';
import type { Route } from '@gemel/api/http';
import { MessageStreams, messageRoutes } from '@gemel/api/messages';
import { policyRoutes, tokenIntegrationRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { TwinEventStreams } from '@gemel/api/sse';
import { thingRoutes } from '@gemel/api/things';
import type { IdSource, Logger } from '@gemel/application/ports';
import type { Template } from '@gemel/model/placeholders';
import type { Core } from '@gemel/wiring';

export interface TwinApiSettings {
  readonly GEMEL_DEFAULT_NAMESPACE: string;
  readonly GEMEL_TOKEN_INTEGRATION_SUBJECT: Template;
  readonly GEMEL_SEARCH_STREAM_THINGS_PER_SECOND: number;
}

export interface TwinApiParts {
  readonly core: Core;
  readonly ids: IdSource;
  readonly log: Logger;
}

/** Ditto's twin API, the same in one process as in a cluster. */
export function twinApiRoutes(settings: TwinApiSettings, { core, ids, log }: TwinApiParts): readonly Route[] {
  const { acks, things, live, search, policies, timeseries, tokens } = core;
  const { GEMEL_DEFAULT_NAMESPACE: defaultNamespace, GEMEL_TOKEN_INTEGRATION_SUBJECT: subject } = settings;
  const streams = new TwinEventStreams(core.streams, core.pastStreams, log);
  return [
    ...thingRoutes({ things: live.things, search, streams, acks, ids, defaultNamespace }),
    ...messageRoutes({ messages: live.messages, streams: new MessageStreams(live.hub, log), defaultNamespace }),
    ...timeseriesRoutes({ timeseries, defaultNamespace }),
    ...policyRoutes({ policies, ...core.policyQuestions, ids, defaultNamespace }),
    ...tokenIntegrationRoutes({ tokens, defaultNamespace, subject }),
    ...searchRoutes(search, { log, thingsPerSecond: settings.GEMEL_SEARCH_STREAM_THINGS_PER_SECOND }),
    ...cloudEventRoutes({ things, policies }),
  ];
}
