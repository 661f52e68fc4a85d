import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { askedByHeaders } from '@gemel/application/signals';
import type { SignalContext } from '@gemel/application/signals';
import { AuthenticationFailed } from '@gemel/model/authentication';
import type { NamespaceAccess, NamespacedType } from '@gemel/model/authentication';
import { JsonUnparsable, parseFieldSelector, parseJson } from '@gemel/model/json';
import type { FieldSelector, JsonValue } from '@gemel/model/json';
import {
  customLabels,
  parseAnswerWanted,
  parseHeaderDuration,
  parseFlag,
  parseRequestedAcks,
} from '@gemel/model/headers';
import type { AnswerKind, AnswerWanted, TraceContext } from '@gemel/model/headers';
import type { Credentials, Principal } from './authentication.js';
import { TimeoutInvalid } from './errors.js';
import { LineDecoder } from './line-decoder.js';
import { parseQuery } from './query.js';
import { whenGone } from './when-gone.js';
import type { Query } from './query.js';
import { HEADERS_AS_QUERY, refuseUnsupported, travellingHeaders } from './signal-headers.js';

/** Longest timeout a caller may ask for, and the usual one, in milliseconds. */
export const MAX_TIMEOUT_MS = 60_000;

/** What the parameters of a path stand for, percent-decoded once; `*` for the rest without a leading slash. */
export type PathParameters = Readonly<Record<string, string | undefined>>;

/** Fastify's request with what every route's path can hold. */
export type RawRequest = FastifyRequest<{ Params: PathParameters }>;

const AS_QUERY = new Set(HEADERS_AS_QUERY);

/** A request as route handlers see it; everything is parsed when asked for. */
export class ApiRequest<Name extends string = string> implements Credentials {
  /** Given by the frame after it has authenticated; stays undefined on routes that are open to anybody. */
  principal: Principal | undefined;
  /** Given by the frame after it has authenticated, where there are rules. */
  namespaceAccess: NamespaceAccess | undefined;
  /** The step of a trace that this request is; given by the frame. */
  trace: TraceContext | undefined;
  #query: Query | undefined;
  #gone: AbortSignal | undefined;

  constructor(
    private readonly raw: RawRequest,
    /** A new one, until the frame finds that the caller has sent theirs. */
    public correlationId: string,
    private readonly response: ServerResponse,
  ) {}

  /** A path parameter; empty when the path has none of that name. */
  param(name: Name): string {
    return this.raw.params[name] ?? '';
  }

  get method(): string {
    return this.raw.method;
  }

  /** The path as the caller wrote it, still percent-encoded. */
  get path(): string {
    const end = this.raw.url.indexOf('?');
    return end < 0 ? this.raw.url : this.raw.url.slice(0, end);
  }

  /** Scheme and host as the caller knows the server, for example `http://localhost:8080`. */
  get origin(): string {
    return `${this.raw.protocol}://${this.raw.host}`;
  }

  /** Everything after the `?`, still percent-encoded. */
  get queryText(): string {
    const start = this.raw.url.indexOf('?');
    return start < 0 ? '' : this.raw.url.slice(start + 1);
  }

  /** The first value of a query parameter. @throws UrlInvalid */
  query(name: string): string | undefined {
    return this.queryAll(name)[0];
  }

  /** All values of a query parameter. @throws UrlInvalid */
  queryAll(name: string): readonly string[] {
    this.#query ??= parseQuery(this.queryText);
    return this.#query.get(name) ?? [];
  }

  /** The items of a list parameter, written with commas or repeated; undefined when it is absent. */
  queryList(name: string): readonly string[] | undefined {
    return listOf(this.queryAll(name));
  }

  /** A header by its name in lower case, or the query parameter that may stand for it. */
  header(name: string): string | undefined {
    const value = this.raw.headers[name];
    if (value !== undefined) return Array.isArray(value) ? value.join(',') : value;
    return AS_QUERY.has(name) ? this.query(name) : undefined;
  }

  /** A header that is `true` or `false`. @throws HeaderInvalid */
  flag(name: string): boolean | undefined {
    return parseFlag(name, this.header(name));
  }

  /** A query parameter that is `true` or `false`. @throws HeaderInvalid, UrlInvalid */
  queryFlag(name: string): boolean | undefined {
    return parseFlag(name, this.query(name));
  }

  /** The body as text; empty when there is none. */
  text(): string {
    return typeof this.raw.body === 'string' ? this.raw.body : '';
  }

  /** The body of a route that reads bytes; empty when there is none. */
  bytes(): Uint8Array {
    return this.raw.body instanceof Uint8Array ? this.raw.body : new Uint8Array();
  }

  /** The body as lines of text, piece by piece as it comes. The iteration throws when the client goes away. */
  async *pieces(): AsyncGenerator<string> {
    const { body } = this.raw;
    if (!(body instanceof Readable)) {
      yield this.text();
      return;
    }
    const decoder = new LineDecoder();
    try {
      // A destroyed request would end the connection, and the refusal with it.
      for await (const chunk of body.iterator({ destroyOnReturn: false })) yield decoder.push(Buffer.from(chunk));
      yield decoder.end();
    } finally {
      body.resume();
    }
  }

  /** @throws JsonInvalid */
  json(): JsonValue {
    const text = this.text();
    return parseJson(text, () => new JsonUnparsable(text));
  }

  /** @throws UrlInvalid */
  form(): Query {
    return parseQuery(this.text());
  }

  /** The parameter `fields`. @throws JsonFieldSelectorInvalid */
  fields(name = 'fields'): FieldSelector | undefined {
    const texts = this.queryAll(name).filter((text) => text !== '');
    return texts.length === 0 ? undefined : parseFieldSelector(texts.join(','));
  }

  /** Where a search looks: as the caller asks, within what they may reach. @throws NamespaceNotAccessible */
  searchedNamespaces(asked: readonly string[] | undefined): readonly string[] | undefined {
    return this.namespaceAccess === undefined ? asked : this.namespaceAccess.searched(asked);
  }

  /** For entities that the path does not name; of those it does the frame takes care. @throws NamespaceNotAccessible */
  requireNamespace(namespace: string, type: NamespacedType): void {
    this.namespaceAccess?.require(namespace, type);
  }

  /** What the caller wants to hear of the signal. @throws GemelError for headers that do not go together */
  answerWanted(kind: AnswerKind): AnswerWanted {
    const wanted = parseAnswerWanted(
      {
        timeout: this.header('timeout'),
        responseRequired: this.header('response-required'),
        requestedAcks: this.#requestedAcks(),
      },
      kind,
    );
    checkTimeout(wanted.timeoutMs);
    return wanted;
  }

  /** Holds the timeout, if there is one, to the longest that a caller may ask for. @throws TimeoutInvalid */
  checkTimeout(): void {
    const text = this.header('timeout');
    if (text !== undefined) checkTimeout(parseHeaderDuration(text));
  }

  /** @throws AuthenticationFailed on a route that is open to anybody and was called by nobody */
  get subjects(): Principal['subjects'] {
    if (this.principal === undefined) throw new AuthenticationFailed('The request holds no credentials.');
    return this.principal.subjects;
  }

  /** Aborts when the caller hangs up without its answer. */
  get gone(): AbortSignal {
    return (this.#gone ??= whenGone(this.response));
  }

  /** What goes with the signal that this request sends. @throws GemelError for a header that is not valid */
  context(): SignalContext {
    refuseUnsupported(this.raw.headers, (name) => this.query(name));
    const labels = customLabels(parseRequestedAcks(this.#requestedAcks()) ?? []);
    const reads = this.raw.method === 'GET' || this.raw.method === 'HEAD';
    const asked = askedByHeaders((name) => this.header(name));
    return {
      subjects: this.subjects,
      headers:
        reads && asked.live === undefined
          ? { 'correlation-id': this.correlationId }
          : {
              ...travellingHeaders(this.raw.headers, this.correlationId, this.trace),
              ...this.principal?.headers,
              ...(labels.length === 0 ? undefined : { 'requested-acks': labels }),
            },
      ...asked,
      ...(asked.live === undefined ? undefined : { gone: this.gone }),
    };
  }

  /** As a query parameter a list may be repeated. */
  #requestedAcks(): string | undefined {
    const text = this.header('requested-acks');
    return text === undefined || 'requested-acks' in this.raw.headers
      ? text
      : this.queryAll('requested-acks').join(',');
  }
}

function checkTimeout(timeoutMs = 0): void {
  if (timeoutMs > MAX_TIMEOUT_MS) throw new TimeoutInvalid(timeoutMs, MAX_TIMEOUT_MS);
}

/** The items of a list that may be written with commas or repeated; undefined when it is absent. */
export function listOf(values: readonly string[]): readonly string[] | undefined {
  if (values.length === 0) return undefined;
  return values
    .flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
