import type { TimeseriesService } from '@gemel/application/history';
import { parsePointer } from '@gemel/model/json';
import { defineRoute } from '../http/index.js';
import type { ApiRequest, Parameter, Reply, ResponseDescription, Route } from '../http/index.js';
import { schemaRef } from '../openapi/index.js';
import { thingIdIn } from '../things/index.js';

const PARAMETERS: readonly Parameter[] = [
  {
    name: 'from',
    in: 'query',
    description:
      'Start, included: ISO 8601, milliseconds since 1970, or relative to now as `now-1h` or `-1h`. Default `now-1h`.',
  },
  { name: 'to', in: 'query', description: 'End, excluded, in the same forms. Default `now`.' },
  {
    name: 'every',
    in: 'query',
    description:
      'Length of windows to aggregate in, for example `10s`, `1m`, `1h`, `1d`. Without it the samples themselves are answered.',
  },
  {
    name: 'agg',
    in: 'query',
    description: 'How a window is aggregated; only with `every`. Default `mean`.',
    schema: {
      type: 'string',
      enum: ['mean', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'stddev', 'spread'],
    },
  },
  {
    name: 'limit',
    in: 'query',
    description: 'Most samples per path; `next` tells where to go on. Only without `every`. Default 1,000.',
    schema: { type: 'integer', minimum: 1, maximum: 100_000 },
  },
];

const RESPONSES: Readonly<Record<number, ResponseDescription>> = {
  200: {
    description: 'The samples, by path, in the order of their times.',
    schema: {
      type: 'object',
      properties: {
        thingId: { type: 'string' },
        featureId: { type: 'string' },
        path: { type: 'string' },
        from: { type: 'string', format: 'date-time' },
        to: { type: 'string', format: 'date-time' },
        every: { type: 'string' },
        agg: { type: 'string' },
        series: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              path: { type: 'string' },
              values: {
                type: 'array',
                items: {
                  type: 'array',
                  prefixItems: [{ type: 'string', format: 'date-time' }, { type: ['number', 'boolean', 'string'] }],
                },
              },
              next: { type: 'string', format: 'date-time' },
            },
          },
        },
      },
    },
  },
  404: { description: 'The thing or property is not there, or you may not read it.', schema: schemaRef('Error') },
};

export interface TimeseriesParts {
  readonly timeseries: TimeseriesService;
  /** Stands for an empty namespace. */
  readonly defaultNamespace: string;
}

/** The history of feature properties. */
export function timeseriesRoutes({ timeseries, defaultNamespace }: TimeseriesParts): readonly Route[] {
  const answer = async (request: ApiRequest<'thingId' | 'featureId'>, path: string): Promise<Reply> => {
    const target = {
      thingId: thingIdIn(request, defaultNamespace),
      featureId: request.param('featureId'),
      path: parsePointer(path),
    };
    const parameters = {
      from: request.query('from'),
      to: request.query('to'),
      every: request.query('every'),
      agg: request.query('agg'),
      limit: request.query('limit'),
    };
    const result = await timeseries.retrieve(target, parameters, request.subjects);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result) };
  };
  const described = { method: 'GET', tag: 'History', parameters: PARAMETERS, responses: RESPONSES } as const;
  return [
    defineRoute({
      ...described,
      path: '/api/2/things/:thingId/features/:featureId/timeseries',
      summary: 'Retrieve the history of all properties of a feature',
      handler: (request) => answer(request, ''),
    }),
    defineRoute({
      ...described,
      path: '/api/2/things/:thingId/features/:featureId/timeseries/*',
      summary: 'Retrieve the history of a property',
      description: 'When the path addresses an object or array, all leaves below it are answered.',
      handler: (request) => answer(request, request.param('*')),
    }),
  ];
}
