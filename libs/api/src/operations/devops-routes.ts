import type { JsonObject, JsonValue } from '@gemel/model/json';
import { aggregateResponses, parseLoggerConfig, responsesAt } from '@gemel/model/operations';
import type { DevopsResponse, LoggerConfig } from '@gemel/model/operations';
import { defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Method, Parameter, Reply, RequestBody, Route } from '../http/index.js';

/** Log levels of this process. */
export interface LogLevels {
  configs(includeDisabled: boolean): readonly LoggerConfig[];
  /** Takes effect at once and until the process ends; false when there are too many loggers already. */
  set(config: LoggerConfig): boolean;
}

/** Which of Ditto's services this process is; in a cluster each process answers for itself. */
export interface OwnServices {
  readonly services: readonly string[];
  readonly instance: string;
}

export interface DevopsParts extends OwnServices {
  readonly levels: LogLevels;
  /** The settings of this process without secrets. @param path dotted; undefined for all. */
  config(service: string, path: string | undefined): JsonValue;
}

const tag = 'DevOps';
const MAP: JsonObject = { type: 'object' };
const NOBODY = {
  description: 'No such service, or no such instance of it, is in this process.',
  schema: { type: 'null' },
};
/** Ditto does not look at the type, and neither do operators' scripts. */
export const ANY_BODY: Pick<RequestBody, 'mediaTypes'> = { mediaTypes: ['*/*'] };

/** Ditto's `/devops/logging` and `/devops/config`: changes the log levels of this process and shows its settings. */
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
  return devopsRoute('GET', `/devops/logging${target}`, {
    summary: 'Retrieve log levels',
    parameters: [DISABLED],
    answer: (request, named) => {
      const loggerConfigs = parts.levels.configs(request.query('includeDisabledLoggers') === 'true');
      return answersOf(named, parts, (service) => ({
        type: 'devops.responses:retrieveLoggerConfig',
        status: 200,
        serviceName: service,
        instance: parts.instance,
        loggerConfigs,
      }));
    },
  });
}

function changeLevel(target: Target, parts: DevopsParts): Route {
  return devopsRoute('PUT', `/devops/logging${target}`, {
    summary: 'Change a log level',
    description:
      'The services of one process share one log, whose logger is `org.eclipse.ditto.gemel`: a level for one of them is ' +
      'a level for all. It lasts until the process ends.',
    body: LEVEL,
    answer: (request, named) => {
      const config = parseLoggerConfig(request.json());
      if (addressed(named, parts).length === 0) return [];
      const successful = parts.levels.set(config);
      return answersOf(named, parts, (service) => ({
        type: 'devops.responses:changeLogLevel',
        status: 200,
        serviceName: service,
        instance: parts.instance,
        successful,
      }));
    },
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
    handler: (request) => {
      const named = targetOf(request);
      const responses = answersOf(named, parts, (service) => ({
        type: 'common.responses:retrieveConfig',
        status: 200,
        config: parts.config(service, request.query('path')),
      }));
      const [only] = responses;
      // Of one instance Ditto answers with the response alone.
      if (named.length === 2 && only !== undefined) return jsonReply(200, only.body);
      return aggregated(responses, []);
    },
  });
}

interface Operation extends Pick<Route, 'summary' | 'description' | 'parameters' | 'body'> {
  readonly answer: (request: ApiRequest, named: readonly string[]) => readonly DevopsResponse[];
}

/** A route whose answer is the part of the responses that its path names. */
function devopsRoute(method: Method, path: string, { answer, ...described }: Operation): Route {
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
    handler: (request) => {
      const named = targetOf(request);
      return aggregated(answer(request, named), named);
    },
  };
}

/** 408 with null when nobody answered, as Ditto does after waiting. */
export function aggregated(responses: readonly DevopsResponse[], named: readonly string[]): Reply {
  return jsonReply(responses.length === 0 ? 408 : 200, responsesAt(aggregateResponses(responses), named));
}

/** The service and the instance in the path, as far as they are there. */
export function targetOf(request: ApiRequest): readonly string[] {
  return [request.param('service'), request.param('instance')].filter((name) => name !== '');
}

/** The services of this process that are meant. */
export function addressed(named: readonly string[], { services, instance }: OwnServices): readonly string[] {
  const [service, wanted] = named;
  if (wanted !== undefined && wanted !== instance) return [];
  return services.filter((name) => service === undefined || name === service);
}

function answersOf(
  named: readonly string[],
  own: OwnServices,
  body: (service: string) => JsonObject,
): readonly DevopsResponse[] {
  return addressed(named, own).map((service) => ({ service, instance: own.instance, body: body(service) }));
}
