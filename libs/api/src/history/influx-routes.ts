import type { FluxService } from '@gemel/application/history';
import type { GemelError } from '@gemel/model/errors';
import { FluxInvalid, annotatedCsv } from '@gemel/model/flux';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Reply, Route } from '../http/index.js';
import { parseFluxRequest } from './flux-request.js';

/** What InfluxDB's clients are told they talk to: its API is this version's. */
const INFLUX_VERSION = 'v2.7.0-gemel';
const ORGANIZATION = '0000000000000001';

/** InfluxDB's error codes by status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  413: 'request too large',
  415: 'invalid',
  500: 'internal error',
  503: 'unavailable',
};

const described = { tag: 'InfluxDB facade', refusal: influxRefusal } as const;
const ERROR_SCHEMA = { type: 'object', properties: { code: { type: 'string' }, message: { type: 'string' } } } as const;

/** The part of InfluxDB 2's HTTP API that Grafana's built-in data source uses, over the history of the twins. */
export function influxRoutes(flux: FluxService): readonly Route[] {
  return [
    defineRoute({
      ...described,
      method: 'POST',
      path: '/api/v2/query',
      summary: 'Query the history with Flux',
      description:
        'Answers only what you may read of the things. Measurement `mqtt_consumer`, fields `value_<feature>_properties_<property>`, tags `thingId`, `parent`, `originator`, `idSimulationRun`. A refusal names what is not supported.',
      parameters: [{ name: 'org', in: 'query', description: 'Any; there is one organization.' }],
      body: {
        description: 'A JSON object with `query` and `dialect`, or the query itself as `application/vnd.flux`.',
        mediaTypes: ['application/json', 'application/vnd.flux'],
      },
      responses: {
        200: { description: 'Annotated CSV.', mediaType: 'text/csv', schema: { type: 'string' } },
        400: { description: 'The query is malformed, not supported, or asks for too much.', schema: ERROR_SCHEMA },
      },
      handler: async (request) => {
        const { query, dialect } = parseFluxRequest(request.header('content-type') ?? '', request.text());
        const results = await flux.query(query, request.subjects);
        return {
          status: 200,
          headers: { 'content-type': 'text/csv; charset=utf-8' },
          body: annotatedCsv(results, dialect),
        };
      },
    }),
    bucketsRoute(flux),
    defineRoute({
      ...described,
      method: 'GET',
      path: '/ping',
      summary: "Tell InfluxDB's clients that the server is there",
      access: 'none',
      responses: { 204: { description: 'It is.' } },
      handler: () => ({ status: 204, headers: { 'x-influxdb-build': 'OSS', 'x-influxdb-version': INFLUX_VERSION } }),
    }),
    ...(['GET', 'POST'] as const).map(influxQlRoute),
  ];
}

function bucketsRoute(flux: FluxService): Route {
  return defineRoute({
    ...described,
    method: 'GET',
    path: '/api/v2/buckets',
    summary: 'List the buckets',
    description: 'All of them hold the same history.',
    parameters: [{ name: 'name', in: 'query', description: 'Only the bucket of this name.' }],
    responses: { 200: { description: 'The buckets.', schema: { type: 'object' } } },
    handler: (request) => {
      const wanted = request.query('name');
      const names = flux.buckets().filter((name) => wanted === undefined || name === wanted);
      const buckets = names.map((name) => ({ name, type: 'user', orgID: ORGANIZATION, retentionRules: [] }));
      return jsonReply(200, { links: { self: '/api/v2/buckets' }, buckets });
    },
  });
}

function influxQlRoute(method: 'GET' | 'POST'): Route {
  return defineRoute({
    ...described,
    method,
    path: '/query',
    summary: 'Refuse InfluxQL',
    responses: { 400: { description: 'InfluxQL is not supported.', schema: ERROR_SCHEMA } },
    handler: () => {
      throw new FluxInvalid('InfluxQL is not supported', undefined, "Set the data source's query language to Flux.");
    },
  });
}

/** A refusal as InfluxDB's clients read it: code and message; `error` is for those of version 1. */
function influxRefusal(error: GemelError): Reply {
  const message = error.description === undefined ? error.message : `${error.message} ${error.description}`;
  return jsonReply(error.status, { code: CODES[error.status] ?? 'invalid', message, error: message });
}
