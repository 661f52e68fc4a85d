import type { Logger } from '@gemel/application/ports';
import type { StreamRequest, StreamedMatch } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import { EventStream, eventStreamReply, streamAll } from '../http/index.js';
import type { ApiRequest, Reply } from '../http/index.js';
import { searchedNamespaces } from './search-scope.js';

export interface SearchStreams {
  stream(request: StreamRequest, context: SignalContext): AsyncIterable<readonly StreamedMatch[]>;
}

/**
 * What a search finds as server-sent events, each with its thing's id, so that `Last-Event-ID` goes on there. A refusal
 * after the beginning is the last event.
 * @throws GemelError before the stream begins
 */
export function openSearchStream(searches: SearchStreams, request: ApiRequest, log: Logger): Reply {
  const matches = searches.stream(
    {
      filter: request.query('filter'),
      option: request.query('option'),
      namespaces: searchedNamespaces(request, request.queryAll('namespaces')),
      fields: request.fields(),
      lastThingId: request.header('last-event-id'),
    },
    request.context(),
  );
  const { correlationId } = request;
  const body = new EventStream(() => log.warn({ correlationId }, 'the client of a search stream did not keep up'));
  streamAll(body, {
    portions: matches,
    send: ({ thingId, item }) => body.send(JSON.stringify(item), { id: thingId }),
    log,
    correlationId,
  });
  return eventStreamReply(body);
}
