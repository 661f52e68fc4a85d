import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { checkCorrelationId, checkHead, checkMediaType, checkPrincipal, checkSignalHead } from './admission.js';
import { ApiRequest } from './api-request.js';
import type { PathParameters, RawRequest } from './api-request.js';
import { authenticate } from './authenticate.js';
import { corsHeaders, isPreflight, originsOf } from './cors.js';
import { insistOnHttps } from './https.js';
import { endAtExpiry } from './end-at-expiry.js';
import { EventStream } from './event-stream.js';
import type { HttpFrame } from './frame.js';
import { logRequest } from './log-request.js';
import { checkNamespaces } from './namespace-policy.js';
import { refuse } from './refuse.js';
import type { Reply } from './reply.js';
import type { Observe } from './request-durations.js';
import type { FoundRoute } from './route-table.js';
import type { Route } from './route.js';
import { requestTrace } from './request-trace.js';
import { SilentConnections } from './silent-connections.js';
import { writeReply } from './write-reply.js';

/** A request under way. */
interface Exchange {
  readonly route: Route;
  readonly observe: Observe;
  readonly request: RawRequest;
  readonly reply: FastifyReply;
  readonly api: ApiRequest;
  readonly startedAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange;
  }
}

const EVENT_STREAM_TYPE = 'text/event-stream';
/** Between looks for connections that have become idle while the server closes. */
const LOOK_FOR_IDLE_MS = 50;

/** Has Fastify take requests to their routes: admission and authentication before the body is read, then handler and answer. */
export class RouteRegistrar {
  readonly #streams = new Set<Readable>();
  readonly #silent: SilentConnections;
  readonly #observers = new Map<string, Observe>();
  #closing = false;

  constructor(
    private readonly scope: FastifyInstance,
    private readonly frame: HttpFrame,
  ) {
    this.#silent = new SilentConnections(scope.server);
    // An own member from the start keeps the request's hidden class stable.
    scope.decorateRequest('exchange');
    scope.addHook('preClose', (done) => {
      this.#close();
      done();
    });
  }

  /** All requests with these methods. @param find their routes */
  serve(methods: readonly string[], find: (request: RawRequest) => FoundRoute): void {
    this.scope.route<{ Params: PathParameters }>({
      method: [...methods],
      url: '*',
      onRequest: (request, reply, done) => {
        const { route, params } = find(request);
        request.params = params;
        const api = new ApiRequest(request, this.frame.ids.uuid(), reply.raw);
        const observe = this.#observeOf(route);
        request.exchange = { route, observe, request, reply, api, startedAt: performance.now() };
        this.#admit(request.exchange, done);
      },
      errorHandler: (error, request) => this.#refuse(request.exchange, error),
      handler: (request) => this.#handle(request.exchange),
    });
  }

  #observeOf({ path }: Route): Observe {
    const known = this.#observers.get(path) ?? this.frame.metrics.ofRoute(path);
    this.#observers.set(path, known);
    return known;
  }

  /** Calls `done` when the body may be read. */
  #admit(exchange: Exchange, done: (error?: Error) => void): void {
    const { route, request, api } = exchange;
    try {
      const headerBytes = checkHead(request);
      const given = api.header('correlation-id');
      if (given !== undefined) api.correlationId = checkCorrelationId(given);
      api.trace = requestTrace(request, this.frame);
      const refusal = this.#early(request, route);
      if (refusal !== undefined) {
        this.#send(exchange, refusal);
        return;
      }
      const { access = 'user' } = route;
      // As in Ditto: before it is asked who the caller is.
      if (access === 'user') checkSignalHead(request, api, headerBytes);
      const admitted = authenticate(api, access, this.frame);
      const check = (): void => {
        if (api.principal !== undefined) checkPrincipal(api.principal, headerBytes);
        if (this.frame.namespaces !== undefined && access === 'user')
          checkNamespaces(request, api, this.frame.namespaces);
      };
      if (admitted === undefined) {
        check();
        done();
      } else admitted.then(check).then(() => done(), done);
    } catch (error) {
      this.#refuse(exchange, error);
    }
  }

  /** What is answered whatever is asked for: to who comes without TLS, and to browsers that ask what they may send. */
  #early(request: RawRequest, route: Route): Reply | undefined {
    const { https } = this.frame;
    const origins = originsOf(route, this.frame.corsOrigins) ?? [];
    const refusal = https === undefined ? undefined : insistOnHttps(request, https);
    return refusal ?? (isPreflight(request, origins) ? { status: 200 } : undefined);
  }

  #handle(exchange: Exchange): void {
    const { route, request, api } = exchange;
    try {
      if (route.body !== undefined) checkMediaType(request, route.body);
      const answer =
        route.eventStream !== undefined && acceptsEventStream(api) ? route.eventStream(api) : route.handler(api);
      if (answer instanceof Promise) {
        answer
          .then((settled) => this.#send(exchange, settled))
          .catch((error: unknown) => this.#refuse(exchange, error));
      } else this.#send(exchange, answer);
    } catch (error) {
      this.#refuse(exchange, error);
    }
  }

  #send({ route, observe, request, reply, api, startedAt }: Exchange, answer: Reply): void {
    const origins = originsOf(route, this.frame.corsOrigins);
    const headers: Record<string, string> = { 'correlation-id': api.correlationId, ...answer.headers };
    if (this.#closing) headers['connection'] = 'close';
    if (origins !== undefined) Object.assign(headers, corsHeaders(request, origins));
    if (answer.body instanceof Readable) this.#keep(answer.body, api);
    writeReply(reply, answer, headers);
    const ms = performance.now() - startedAt;
    observe(request.method, answer.status, ms);
    logRequest(this.frame.log, { route, method: request.method, status: answer.status, ms, api });
  }

  /** Streams end, and connections once their request is answered: nobody has to wait for those that are kept for more. */
  #close(): void {
    this.#closing = true;
    for (const stream of this.#streams) {
      if (stream instanceof EventStream) stream.end();
      else stream.destroy();
    }
    const { server } = this.scope;
    const closeIdle = (): void => {
      server.closeIdleConnections();
      this.#silent.close();
    };
    const looking = setInterval(closeIdle, LOOK_FOR_IDLE_MS).unref();
    server.once('close', () => clearInterval(looking));
  }

  #keep(stream: Readable, { principal }: ApiRequest): void {
    const expiry = principal?.token?.expiry;
    if (expiry !== undefined && stream instanceof EventStream) endAtExpiry(stream, expiry, this.frame.clock);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  #refuse(exchange: Exchange, error: unknown): void {
    const { ids, log } = this.frame;
    const maxBodyBytes = this.scope.initialConfig.bodyLimit ?? 0;
    const { route, api } = exchange;
    const failure = { error, route, request: api, traceId: api.trace?.traceId, maxBodyBytes };
    try {
      if (exchange.reply.raw.headersSent) throw error;
      this.#send(exchange, refuse(failure, ids, log));
    } catch (last) {
      // Half an answer, or none that could be made: only the end of the connection tells the client.
      const { correlationId } = api;
      log.error({ correlationId, route: `${route.method} ${route.path}`, error: last }, 'an answer could not be sent');
      exchange.reply.hijack();
      exchange.reply.raw.destroy();
    }
  }
}

function acceptsEventStream(api: ApiRequest): boolean {
  return api.method === 'GET' && (api.header('accept')?.includes(EVENT_STREAM_TYPE) ?? false);
}
