import type { SearchPage, SearchRequest } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import { parseFieldSelector } from '@gemel/model/json';
import { joinOptions } from '@gemel/model/rql';
import { awaitRead, defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Query, Reply, RequestBody, Route } from '../http/index.js';
import { searchScope, searchedNamespaces } from './search-scope.js';
import { openSearchStream } from './search-stream.js';
import type { SearchStreamOptions } from './search-stream.js';
import type { SearchStreams } from './search-stream.js';
import { FIELDS, FILTER, NAMESPACES, OPTION, TIMEOUT, schemaRef } from '../openapi/index.js';

export interface ThingSearches extends SearchStreams {
  search(request: SearchRequest, context: SignalContext): Promise<SearchPage>;
  count(request: Pick<SearchRequest, 'filter' | 'namespaces'>, context: SignalContext): Promise<number>;
}

const FORM: RequestBody = {
  description: 'The parameters of the GET as a form.',
  mediaTypes: ['application/x-www-form-urlencoded'],
  schema: { type: 'object', additionalProperties: { type: 'string' } },
  optional: true,
};

const REFUSED = {
  400: { description: 'The filter or an option is not valid.', schema: schemaRef('Error') },
  408: { description: 'It took too long.', schema: schemaRef('Error') },
};

/** `/api/2/search/things`, as a stream, too, and its count; a POST takes the parameters as a form, for those that are too long for a URL. */
export function searchRoutes(searches: ThingSearches, streams: SearchStreamOptions): readonly Route[] {
  const find = async (request: ApiRequest, parameters: Parameters): Promise<Reply> => {
    const asked = { ...searchRequest(parameters), ...searchScope(request, parameters('namespaces')) };
    const page = await searches.search(asked, request.context());
    return jsonReply(200, {
      items: page.items,
      ...(page.nextPageOffset === undefined ? {} : { nextPageOffset: page.nextPageOffset }),
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
    });
  };
  const count = async (request: ApiRequest, parameters: Parameters): Promise<Reply> =>
    jsonReply(
      200,
      await searches.count(
        { ...countRequest(parameters), namespaces: searchedNamespaces(request, parameters('namespaces')) },
        request.context(),
      ),
    );
  return [
    ...getAndPost('/api/2/search/things', find, {
      summary: 'Find things that you may read',
      description:
        'With `Accept: text/event-stream` a stream of all that is found; `option` then takes `sort` only, and the header `Last-Event-ID` goes on after a thing.',
      parameters: [FILTER, NAMESPACES, FIELDS, OPTION, TIMEOUT],
      responses: { 200: { description: 'One page.', schema: schemaRef('SearchResult') }, ...REFUSED },
      eventStream: (request) => openSearchStream(searches, request, streams),
    }),
    ...getAndPost('/api/2/search/things/count', count, {
      summary: 'Count things that you may read',
      parameters: [FILTER, NAMESPACES, TIMEOUT],
      responses: { 200: { description: 'Their number.', schema: { type: 'integer' } }, ...REFUSED },
    }),
  ];
}

/** All values of a parameter. */
type Parameters = (name: string) => readonly string[];

function getAndPost(
  path: string,
  answer: (request: ApiRequest, parameters: Parameters) => Promise<Reply>,
  described: Pick<Route, 'summary' | 'description' | 'parameters' | 'responses' | 'eventStream'>,
): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      tag: 'Search',
      ...described,
      handler: (request) => awaitRead(request, () => answer(request, (name) => request.queryAll(name))),
    }),
    defineRoute({
      method: 'POST',
      path,
      tag: 'Search',
      summary: `${described.summary}, parameters as a form`,
      responses: described.responses,
      body: FORM,
      handler: (request) => {
        const form: Query = request.form();
        return awaitRead(request, () => answer(request, (name) => form.get(name) ?? []));
      },
    }),
  ];
}

function searchRequest(parameters: Parameters): SearchRequest {
  const fields = parameters('fields').join(',');
  const option = parameters('option');
  return {
    ...countRequest(parameters),
    option: option.length === 0 ? undefined : joinOptions(option),
    fields: fields === '' ? undefined : parseFieldSelector(fields),
  };
}

function countRequest(parameters: Parameters): Pick<SearchRequest, 'filter'> {
  const filter = parameters('filter');
  return { filter: filter.length === 0 ? undefined : filter };
}
