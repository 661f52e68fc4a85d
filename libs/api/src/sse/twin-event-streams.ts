import type { Logger } from '@gemel/application/ports';
import type { TwinStream } from '@gemel/application/streaming';
import { namespaceOf } from '@gemel/model/ids';
import { EventStream, eventStreamReply } from '../http/index.js';
import type { ApiRequest, Reply } from '../http/index.js';
import { extraThingFields } from '../things/index.js';
import type { ThingStreams } from '../things/index.js';

/** Changes of things as server-sent events, in the form of the resource that the stream is opened on. */
export class TwinEventStreams implements ThingStreams {
  constructor(
    private readonly streams: TwinStream,
    private readonly log: Logger,
  ) {}

  open(request: ApiRequest, scope: Parameters<ThingStreams['open']>[1]): Reply {
    const filter = request.queryAll('filter');
    for (const id of scope.ids ?? []) request.requireNamespace(namespaceOf(id), 'thing');
    const asked = request.queryList('namespaces');
    const subscription = {
      ...scope,
      namespaces: scope.ids === undefined ? request.searchedNamespaces(asked) : asked,
      filter: filter.length === 0 ? undefined : filter,
      fields: request.fields(),
      extraFields: extraThingFields(request),
    };
    const context = request.context();
    const { correlationId } = request;
    const body = new EventStream(() =>
      this.log.warn({ correlationId }, 'an event stream was ended because its client did not keep up'),
    );
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
}
