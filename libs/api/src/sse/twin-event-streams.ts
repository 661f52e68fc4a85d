import type { Logger } from '@gemel/application/ports';
import type { PastTwinStream, TwinStream } from '@gemel/application/streaming';
import { parsePastRange } from '@gemel/model/headers';
import type { PastRange } from '@gemel/model/headers';
import { namespaceOf } from '@gemel/model/ids';
import { EventStream, eventStreamReply, streamAll } from '../http/index.js';
import type { ApiRequest, Reply } from '../http/index.js';
import { ThingIdsMissing, extraThingFields } from '../things/index.js';
import type { ThingStreams } from '../things/index.js';

type Scope = Parameters<ThingStreams['open']>[1];

/** Changes of things as server-sent events, in the form of the resource that the stream is opened on. */
export class TwinEventStreams implements ThingStreams {
  constructor(
    private readonly streams: TwinStream,
    private readonly past: PastTwinStream,
    private readonly log: Logger,
  ) {}

  open(request: ApiRequest, scope: Scope): Reply | Promise<Reply> {
    for (const id of scope.ids ?? []) request.requireNamespace(namespaceOf(id), 'thing');
    const range = parsePastRange((name) => request.query(name));
    return range === undefined ? this.#openPresent(request, scope) : this.#openPast(request, scope, range);
  }

  /** What is to come. */
  #openPresent(request: ApiRequest, scope: Scope): Reply {
    const asked = request.queryList('namespaces');
    const subscription = {
      ...viewOf(request, scope),
      ids: scope.ids,
      namespaces: scope.ids === undefined ? request.searchedNamespaces(asked) : asked,
    };
    const context = request.context();
    const body = this.#bodyFor(request);
    try {
      const stream = this.streams.open(subscription, context, {
        next: ({ json }) => body.send(json),
        ended: () => body.end(),
      });
      body.onClose(() => stream.close());
    } catch (error) {
      body.destroy();
      throw error;
    }
    return eventStreamReply(body);
  }

  /** What was: of the first thing that is named, as in Ditto. The stream ends with the last event of it. */
  async #openPast(request: ApiRequest, scope: Scope, range: PastRange): Promise<Reply> {
    const [thingId] = scope.ids ?? [];
    if (thingId === undefined) throw new ThingIdsMissing();
    const portions = await this.past.open(thingId, range, viewOf(request, scope), request.context());
    const { correlationId } = request;
    const body = this.#bodyFor(request);
    streamAll(body, { portions, send: (json) => body.send(json), log: this.log, correlationId });
    return eventStreamReply(body);
  }

  #bodyFor({ correlationId }: ApiRequest): EventStream {
    return new EventStream(() =>
      this.log.warn({ correlationId }, 'an event stream was ended because its client did not keep up'),
    );
  }
}

function viewOf(request: ApiRequest, { pointer }: Scope) {
  const filter = request.queryAll('filter');
  return {
    pointer,
    filter: filter.length === 0 ? undefined : filter,
    fields: request.fields(),
    extraFields: extraThingFields(request),
  };
}
