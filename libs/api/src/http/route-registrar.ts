import type { FastifyInstance, FastifyReply } from 'fastify';
import { checkCorrelationId, checkHead, checkMediaType } from './admission.js';
import { ApiRequest } from './api-request.js';
import type { RawRequest } from './api-request.js';
import { authenticate } from './authenticate.js';
import { allowOrigin, allowPreflight } from './cors.js';
import { EventStream } from './event-stream.js';
import type { HttpFrame } from './frame.js';
import { refuse } from './refuse.js';
import type { Reply } from './reply.js';
import type { Route } from './route.js';

export type HttpMethod = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** A request under way. */
interface Exchange {
  readonly api: ApiRequest;
  readonly startedAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange;
  }
}

const EVENT_STREAM_TYPE = 'text/event-stream';

/** Turns routes into Fastify routes: admission and authentication before the body is read, then handler and answer. */
export class RouteRegistrar {
  readonly #streams = new Set<EventStream>();

  constructor(
    private readonly scope: FastifyInstance,
    private readonly frame: HttpFrame,
  ) {
    // An own member from the start keeps the request's hidden class stable.
    if (!scope.hasRequestDecorator('exchange')) scope.decorateRequest('exchange');
    scope.addHook('preClose', (done) => {
      for (const stream of this.#streams) stream.end();
      done();
    });
  }

  add(route: Route, methods: readonly HttpMethod[]): void {
    if (methods.length === 0) return;
    this.scope.route<{ Params: Readonly<Record<string, string>> }>({
      method: [...methods],
      url: route.path,
      onRequest: (request, reply, done) => this.#admit(route, request, reply, done),
      errorHandler: (error, request, reply) => this.#refuse(route, request, reply, error),
      handler: (request, reply) => this.#handle(route, request, reply),
    });
  }

  #admit(route: Route, request: RawRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const { frame } = this;
    const api = new ApiRequest(request, frame.ids.uuid());
    request.exchange = { api, startedAt: performance.now() };
    try {
      const { corsOrigins } = frame;
      const originAllowed = corsOrigins !== undefined && allowOrigin(request, reply, corsOrigins);
      checkHead(request);
      const given = api.header('correlation-id');
      if (given !== undefined) api.correlationId = checkCorrelationId(given);
      if (originAllowed && request.method === 'OPTIONS') {
        allowPreflight(request, reply);
        this.#send(route, request, reply, { status: 204 });
        return;
      }
      const admitted = authenticate(api, route.access ?? 'user', frame.authenticators);
      if (admitted === undefined) done();
      else admitted.then(() => done(), done);
    } catch (error) {
      this.#refuse(route, request, reply, error);
    }
  }

  #handle(route: Route, request: RawRequest, reply: FastifyReply): void {
    try {
      if (route.body !== undefined) checkMediaType(request, route.body);
      const { api } = request.exchange;
      const handler = route.eventStream !== undefined && acceptsEventStream(api) ? 'eventStream' : 'handler';
      const answer = route[handler]?.(api);
      if (answer instanceof Promise) {
        answer.then(
          (settled: Reply) => this.#send(route, request, reply, settled),
          (error: unknown) => this.#refuse(route, request, reply, error),
        );
      } else if (answer !== undefined) this.#send(route, request, reply, answer);
    } catch (error) {
      this.#refuse(route, request, reply, error);
    }
  }

  #send(route: Route, request: RawRequest, reply: FastifyReply, answer: Reply): void {
    const { api, startedAt } = request.exchange;
    reply.code(answer.status).header('correlation-id', api.correlationId);
    if (answer.headers !== undefined) reply.headers(answer.headers);
    reply.send(answer.body);
    if (answer.body instanceof EventStream) this.#keep(answer.body, reply);
    this.frame.metrics.observe(request.method, route.path, answer.status, performance.now() - startedAt);
  }

  /** The client learns at once that its stream is open; at shutdown it is ended. */
  #keep(stream: EventStream, reply: FastifyReply): void {
    reply.raw.flushHeaders();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  #refuse(route: Route, request: RawRequest, reply: FastifyReply, error: unknown): void {
    const { ids, log } = this.frame;
    const { correlationId } = request.exchange.api;
    const maxBodyBytes = this.scope.initialConfig.bodyLimit ?? 0;
    this.#send(route, request, reply, refuse({ error, route, correlationId, maxBodyBytes }, ids, log));
  }
}

function acceptsEventStream(api: ApiRequest): boolean {
  return api.method === 'GET' && (api.header('accept')?.includes(EVENT_STREAM_TYPE) ?? false);
}
