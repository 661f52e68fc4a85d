import type { ErrorJson } from '../errors/index.js';
import { headerText } from '../headers/index.js';
import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Piggyback } from './piggyback.js';

/** What one instance of a service answers. */
export interface DevopsResponse {
  /** Undefined for a command that goes to nobody in particular; shown as `?`. */
  readonly service?: string;
  readonly instance?: string;
  readonly body: JsonObject;
}

/** Service → instance → response, as Ditto shows them; null when nobody answered. */
export function aggregateResponses(responses: readonly DevopsResponse[]): JsonValue {
  if (responses.length === 0) return null;
  const services = new Map<string, [string, JsonObject][]>();
  for (const [index, { service = '?', instance = index === 0 ? '?' : `?${index}`, body }] of responses.entries())
    services.set(service, [...(services.get(service) ?? []), [instance, body]]);
  return Object.fromEntries([...services].map(([service, instances]) => [service, Object.fromEntries(instances)]));
}

/** The answer to a piggyback command: the response itself when it is the only one and was not to be aggregated. */
export function piggybackResponse({ headers }: Piggyback, responses: readonly DevopsResponse[]): JsonValue {
  const [first, ...others] = responses;
  const isAggregated = (headerText(headers, 'aggregate') ?? 'true').toLowerCase() === 'true';
  if (!isAggregated && first !== undefined && others.length === 0) return first.body;
  return aggregateResponses(responses);
}

/** What stands in the place of a response when a command was refused before it was carried out. */
export function devopsError(service: string, instance: string, error: ErrorJson): JsonObject {
  return {
    type: 'devops.responses:errorResponse',
    status: error.status,
    serviceName: service,
    instance,
    payload: { ...error },
  };
}

/** The member of a JSON object at `service` and below it at `instance`, null when it is not there. */
export function responsesAt(aggregated: JsonValue, keys: readonly string[]): JsonValue {
  return keys.reduce<JsonValue>(
    (at, key) => (isJsonObject(at) && Object.hasOwn(at, key) ? (at[key] ?? null) : null),
    aggregated,
  );
}
