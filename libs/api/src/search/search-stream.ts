import type { Logger } from '@gemel/application/ports';
import type { StreamRequest, StreamedMatch } from '@gemel/application/search';
import type { SignalContext } from '@gemel/application/signals';
import { EventStream, eventStreamReply, paceOf, streamAll } from '../http/index.js';
import type { ApiRequest, Reply } from '../http/index.js';
import { searchedNamespaces } from './search-scope.js';

export interface SearchStreams {
  stream(request: StreamRequest, context: SignalContext): AsyncIterable<readonly StreamedMatch[]>;
}

export interface SearchStreamOptions {
  readonly log: Logger;
  /** That one stream sends at most; 0 for as many as its client takes (Ditto: `sse.throttling`, off unless asked for). */
  readonly thingsPerSecond: number;
}

/**
 * What a search finds as server-sent events, each with its thing's id, so that `Last-Event-ID` goes on there. A refusal
 * after the beginning is the last event.
 * @throws GemelError before the stream begins
 */
export function openSearchStream(
  searches: SearchStreams,
  request: ApiRequest,
  { log, thingsPerSecond }: SearchStreamOptions,
): Reply {
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
    pace: paceOf(thingsPerSecond),
    log,
    correlationId,
  });
  return eventStreamReply(body);
}
