import type { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';
import type { ApiRequest } from './api-request.js';
import type { Reply } from './reply.js';

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** Who may call: an authenticated user, whoever may see the state of the service, an operator, or anybody. */
export type Access = 'user' | 'status' | 'operator' | 'none';

/** A query parameter or header, for the API description; the handler reads it from the request. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header';
  readonly description: string;
  readonly required?: boolean;
  /** JSON schema; text when absent. */
  readonly schema?: JsonObject;
}

export interface RequestBody {
  readonly description: string;
  /** What is accepted; anything else is a 415. The pattern of all types takes anything, or no type at all. */
  readonly mediaTypes: readonly string[];
  /** JSON schema, or a reference into the components of the API description; any value when absent. */
  readonly schema?: JsonObject;
  /** May be left out, and its content type with it. */
  readonly optional?: boolean;
  /** The handler reads bytes; otherwise a body that is not UTF-8 is refused. */
  readonly raw?: boolean;
  /** Whether lines (`application/x-ndjson`) are taken as they come, by `pieces`, whatever their length. */
  readonly streams?: (request: ApiRequest) => boolean;
}

export interface ResponseDescription {
  readonly description: string;
  /** `application/json` when there is a schema. */
  readonly mediaType?: string;
  readonly schema?: JsonObject;
}

type Handler<Name extends string> = (request: ApiRequest<Name>) => Reply | Promise<Reply>;

/** One operation of the HTTP API: how it is reached, how it is described, and what answers it. */
export interface Route<Path extends string = string, Name extends string = string> {
  readonly method: Method;
  /** `:name` stands for one segment, a final `*` for the rest; both reach the handler percent-decoded once. */
  readonly path: Path;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** Only refuses, and is left out of the API description. */
  readonly undocumented?: boolean;
  /** `user` when absent. */
  readonly access?: Access;
  /** Where no origins are configured, pages of any may call it; they have to hold the credentials themselves. */
  readonly openToPages?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly body?: RequestBody;
  /** By status. What every route may answer (401, 500, …) is added to the description. */
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  handler: Handler<Name>;
  /** Answers instead of `handler` when the client accepts `text/event-stream`. */
  eventStream?: Handler<Name>;
  /** A facade's own form of refusals; Ditto's error JSON when absent. */
  refusal?(error: GemelError, request: Pick<ApiRequest, 'header'>): Reply;
}

/** The names of the path parameters in a path. */
export type PathParameter<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? PathParameter<Head> | PathParameter<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : Path extends '*'
      ? '*'
      : never;

/**
 * Describes an operation; its handler can only ask for path parameters that the path has.
 *
 *     defineRoute({
 *       method: 'GET',
 *       path: '/api/2/things/:thingId',
 *       summary: 'Retrieve a thing',
 *       tag: 'Things',
 *       responses: { 200: { description: 'The thing.' } },
 *       handler: async (request) => jsonReply(200, await things.get(parseThingId(request.param('thingId')))),
 *     })
 */
export function defineRoute<const Path extends string>(route: Route<Path, PathParameter<Path>>): Route {
  return route;
}
