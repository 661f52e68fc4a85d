import { isJsonArray, isJsonObject } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseLoggerConfig } from '@gemel/model/operations';
import type { DevopsResponse, LoggerConfig } from '@gemel/model/operations';

/** Log levels of this process. */
export interface LogLevels {
  configs(includeDisabled: boolean): readonly LoggerConfig[];
  /** Takes effect at once and until the process ends; false when there are too many loggers already. */
  set(config: LoggerConfig): boolean;
}

/** Which of Ditto's services this process is. */
export interface OwnServices {
  readonly services: readonly string[];
  readonly instance: string;
}

/** What a process can tell of itself. */
export interface OwnDevops extends OwnServices {
  readonly levels: LogLevels;
  /** The settings of this process without secrets. @param path dotted; undefined for all. */
  config(service: string, path: string | undefined): JsonValue;
}

/** What an operator asks; as JSON it goes to other processes, too. */
export type DevopsRequest =
  | { readonly what: 'levels'; readonly named: readonly string[]; readonly includeDisabled: boolean }
  | { readonly what: 'level'; readonly named: readonly string[]; readonly config: LoggerConfig }
  | { readonly what: 'config'; readonly named: readonly string[]; readonly path: string | null };

/** What this process answers, once for each of its services that is meant. */
export function devopsAnswers(own: OwnDevops, request: DevopsRequest): readonly DevopsResponse[] {
  const { instance, levels } = own;
  const services = addressed(request.named, own);
  if (services.length === 0) return [];
  const body = (service: string): JsonObject => ({ serviceName: service, instance });
  const each = (make: (service: string) => JsonObject): readonly DevopsResponse[] =>
    services.map((service) => ({ service, instance, body: make(service) }));
  switch (request.what) {
    case 'levels': {
      const loggerConfigs = levels.configs(request.includeDisabled);
      const type = 'devops.responses:retrieveLoggerConfig';
      return each((service) => ({ type, status: 200, ...body(service), loggerConfigs }));
    }
    case 'level': {
      const successful = levels.set(request.config);
      return each((service) => ({
        type: 'devops.responses:changeLogLevel',
        status: 200,
        ...body(service),
        successful,
      }));
    }
    case 'config':
      return each((service) => ({
        type: 'common.responses:retrieveConfig',
        status: 200,
        config: own.config(service, request.path ?? undefined),
      }));
  }
}

/** What this process answers to another one, which may be of another version. @throws GemelError for a level that is none */
export function answerOther(own: OwnDevops, { what, named, ...rest }: JsonObject): JsonObject {
  const names = isJsonArray(named ?? null) ? [named].flat().filter((name) => typeof name === 'string') : [];
  const request: DevopsRequest | undefined =
    what === 'levels'
      ? { what, named: names, includeDisabled: rest['includeDisabled'] === true }
      : what === 'level'
        ? { what, named: names, config: parseLoggerConfig(rest['config'] ?? null) }
        : what === 'config'
          ? { what, named: names, path: typeof rest['path'] === 'string' ? rest['path'] : null }
          : undefined;
  const responses = request === undefined ? [] : devopsAnswers(own, request);
  return { responses: responses.map((response) => ({ ...response })) };
}

/** What other processes have answered. */
export function othersAnswers(answers: readonly JsonObject[]): readonly DevopsResponse[] {
  return answers.flatMap(({ responses = null }) =>
    (isJsonArray(responses) ? responses : []).flatMap((response) => {
      if (!isJsonObject(response)) return [];
      const { service, instance, body = null } = response;
      const isWhole = typeof service === 'string' && typeof instance === 'string' && isJsonObject(body);
      return isWhole ? [{ service, instance, body }] : [];
    }),
  );
}

/** The services of this process that are meant. */
export function addressed(named: readonly string[], { services, instance }: OwnServices): readonly string[] {
  const [service, wanted] = named;
  if (wanted !== undefined && wanted !== instance) return [];
  return services.filter((name) => service === undefined || name === service);
}
