import type { JsonObject } from '@gemel/model/json';
import { aggregateResponses, parseLoggerConfig, responsesAt } from '@gemel/model/operations';
import type { DevopsResponse } from '@gemel/model/operations';
import { defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Method, Parameter, Reply, RequestBody, Route } from '../http/index.js';
import { devopsAnswers, othersAnswers } from './devops-answers.js';
import type { DevopsRequest, OwnDevops } from './devops-answers.js';

export interface DevopsParts extends OwnDevops {
  /** What the other processes that are meant answer; undefined when there are none. @throws StoreUnavailable */
  readonly others?: ((request: DevopsRequest) => Promise<readonly JsonObject[]>) | undefined;
}

const tag = 'DevOps';
const MAP: JsonObject = { type: 'object' };
const NOBODY = {
  description: 'No such service, or no such instance of it, has answered.',
  schema: { type: 'null' },
};
/** Ditto does not look at the type, and neither do operators' scripts. */
export const ANY_BODY: Pick<RequestBody, 'mediaTypes'> = { mediaTypes: ['*/*'] };

/** Ditto's `/devops/logging` and `/devops/config`: changes log levels and shows settings, of all processes. */
export function devopsRoutes(parts: DevopsParts): readonly Route[] {
  return TARGETS.flatMap((target) => [
    readLevels(target, parts),
    changeLevel(target, parts),
    readConfig(target, parts),
  ]);
}

/** All services, one of them, one instance of one. */
export const TARGETS = ['', '/:service', '/:service/:instance'] as const;
type Target = (typeof TARGETS)[number];

const DISABLED: Parameter = {
  name: 'includeDisabledLoggers',
  in: 'query',
  description: '`true` shows loggers that are switched off, too.',
  schema: { type: 'boolean' },
};
const LEVEL: RequestBody = {
  ...ANY_BODY,
  description: 'The level, and the logger that gets it: all without own levels below it, too; `ROOT` when absent.',
  schema: {
    type: 'object',
    required: ['level'],
    properties: {
      level: { enum: ['off', 'error', 'warn', 'info', 'debug', 'trace', 'all'] },
      logger: { type: 'string', maxLength: 256 },
    },
  },
};

function readLevels(target: Target, parts: DevopsParts): Route {
  return devopsRoute('GET', `/devops/logging${target}`, parts, {
    summary: 'Retrieve log levels',
    parameters: [DISABLED],
    asks: (request, named) => ({
      what: 'levels',
      named,
      includeDisabled: request.query('includeDisabledLoggers') === 'true',
    }),
  });
}

function changeLevel(target: Target, parts: DevopsParts): Route {
  return devopsRoute('PUT', `/devops/logging${target}`, parts, {
    summary: 'Change a log level',
    description:
      'The services of one process share one log, whose logger is `org.eclipse.ditto.gemel`: a level for one of them is ' +
      'a level for all. It lasts until the process ends.',
    body: LEVEL,
    asks: (request, named) => ({ what: 'level', named, config: parseLoggerConfig(request.json()) }),
  });
}

function readConfig(target: Target, parts: DevopsParts): Route {
  const path: Parameter = {
    name: 'path',
    in: 'query',
    description: 'Dotted path into the configuration, for example `ditto.info` or `gemel.GEMEL_HTTP_PORT`.',
  };
  return defineRoute({
    method: 'GET',
    path: `/devops/config${target}`,
    summary: 'Retrieve the configuration',
    description: 'Secrets are not shown.',
    tag,
    access: 'operator',
    parameters: [path],
    responses: { 200: { description: 'By service and instance.', schema: MAP }, 408: NOBODY },
    handler: async (request) => {
      const named = targetOf(request);
      const responses = await answersOf({ what: 'config', named, path: request.query('path') ?? null }, parts);
      const [only] = responses;
      // Of one instance Ditto answers with the response alone.
      if (named.length === 2 && only !== undefined) return jsonReply(200, only.body);
      return aggregated(responses, []);
    },
  });
}

interface Operation extends Pick<Route, 'summary' | 'description' | 'parameters' | 'body'> {
  readonly asks: (request: ApiRequest, named: readonly string[]) => DevopsRequest;
}

/** A route whose answer is the part of the responses that its path names. */
function devopsRoute(method: Method, path: string, parts: DevopsParts, { asks, ...described }: Operation): Route {
  return {
    ...described,
    method,
    path,
    tag,
    access: 'operator',
    responses: {
      200: { description: 'By service and instance, as far as the path leaves them open.', schema: MAP },
      408: NOBODY,
    },
    handler: async (request) => {
      const named = targetOf(request);
      return aggregated(await answersOf(asks(request, named), parts), named);
    },
  };
}

/** Of this process and of the others that are meant. */
async function answersOf(request: DevopsRequest, { others, ...own }: DevopsParts): Promise<readonly DevopsResponse[]> {
  const [, instance] = request.named;
  const answers = devopsAnswers(own, request);
  if (others === undefined || instance === own.instance) return answers;
  return [...answers, ...othersAnswers(await others(request))];
}

/** 408 with null when nobody answered, as Ditto does after waiting. */
export function aggregated(responses: readonly DevopsResponse[], named: readonly string[]): Reply {
  return jsonReply(responses.length === 0 ? 408 : 200, responsesAt(aggregateResponses(responses), named));
}

/** The service and the instance in the path, as far as they are there. */
export function targetOf(request: ApiRequest): readonly string[] {
  return [request.param('service'), request.param('instance')].filter((name) => name !== '');
}
