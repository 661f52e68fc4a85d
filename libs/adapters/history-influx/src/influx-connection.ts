import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, chunksToLinesIterable, linesToRowsIterable } from '@influxdata/influxdb-client';
import type { SendOptions, Transport } from '@influxdata/influxdb-client';
import { HistoryUnavailable } from '@gemel/application/ports';
import type { JsonValue } from '@gemel/model/json';

export interface InfluxAddress {
  readonly url: string;
  readonly token: string;
  /** Organization by name. */
  readonly org: string;
  /** Milliseconds that a request may take, its answer included; default 20,000. */
  readonly deadlineMs?: number | undefined;
}

/** What InfluxDB said to a write: stored as a whole, or why (some of) it never will be. */
export type WriteAnswer = { readonly kind: 'stored' } | { readonly kind: 'refused'; readonly reason: string };

/** A row of a Flux result: its values by column, empty where there is none. */
export type FluxRow = (column: string) => string;

const DEFAULT_DEADLINE_MS = 20_000;
const REACHABLE_DEADLINE_MS = 2_000;
const BAD_REQUEST = 400;
/** Answers that repeating the same write does not change. */
const REFUSALS: readonly number[] = [BAD_REQUEST, 413, 422];
const DIALECT = { header: true, delimiter: ',', quoteChar: '"', annotations: ['datatype', 'group', 'default'] };

/**
 * Requests to one InfluxDB. The client's own buffering of writes is not used: it drops batches in silence when it is
 * closed while the server is away.
 */
export class InfluxConnection {
  readonly #transport: Transport;
  readonly #agent: HttpAgent;
  readonly #deadlineMs: number;
  readonly #org: string;

  constructor({ url, token, org, deadlineMs = DEFAULT_DEADLINE_MS }: InfluxAddress) {
    this.#agent = url.startsWith('https:') ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#transport = new InfluxDB({
      url,
      token,
      timeout: deadlineMs,
      transportOptions: { agent: this.#agent },
    }).transport;
    this.#deadlineMs = deadlineMs;
    this.#org = encodeURIComponent(org);
  }

  /** Lines in line protocol. @throws HistoryUnavailable nothing is known of what was stored */
  async write(bucket: string, lines: string, precision: 'us' | 'ns' = 'us'): Promise<WriteAnswer> {
    const path = `/api/v2/write?org=${this.#org}&bucket=${encodeURIComponent(bucket)}&precision=${precision}`;
    try {
      await this.request(path, { method: 'POST', headers: { 'content-type': 'text/plain; charset=utf-8' } }, lines);
      return { kind: 'stored' };
    } catch (error) {
      if (error instanceof HttpError && REFUSALS.includes(error.statusCode))
        return { kind: 'refused', reason: error.message };
      throw unavailable(error);
    }
  }

  /** The rows as they arrive; ending the loop early ends the query. @throws HistoryUnavailable */
  async *query(flux: string): AsyncGenerator<FluxRow, void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(this.#deadlineMs)]);
    const body = JSON.stringify({ query: flux, type: 'flux', dialect: DIALECT });
    let ended = false;
    try {
      const chunks = this.#transport.iterate(`/api/v2/query?org=${this.#org}`, body, { method: 'POST', signal });
      for await (const { values, tableMeta } of linesToRowsIterable(chunksToLinesIterable(chunks))) {
        const failure = tableMeta.column('error', false);
        if (failure.index < values.length) throw new Error(values[failure.index]);
        yield (label) => {
          const { index, defaultValue } = tableMeta.column(label, false);
          const value = values[index] ?? '';
          return value === '' ? defaultValue : value;
        };
      }
      ended = true;
    } catch (error) {
      ended = true;
      // A query of ours that InfluxDB does not understand is a bug.
      throw error instanceof HttpError && error.statusCode === BAD_REQUEST ? error : unavailable(error);
    } finally {
      // Only when it must be: it costs the connection.
      if (!ended) stop.abort();
    }
  }

  /** Any other request; `body` is sent as it is when a string, else as JSON. @throws HttpError, or why there was no answer */
  async request(path: string, options: SendOptions, body?: unknown): Promise<JsonValue | undefined> {
    const signal = AbortSignal.timeout(this.#deadlineMs);
    return parseAnswer(await this.#transport.request(path, body, { ...options, signal }));
  }

  async isReachable(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(Math.min(REACHABLE_DEADLINE_MS, this.#deadlineMs));
      await this.#transport.request('/health', undefined, { method: 'GET', signal });
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The client has parsed it where there is any. */
function parseAnswer(answer: unknown): JsonValue | undefined {
  return answer as JsonValue | undefined;
}

/** What a caller of the port is told; the cause is kept for the log. */
export function unavailable(cause: unknown): Error {
  const error = new HistoryUnavailable(
    cause instanceof HttpError ? `InfluxDB answers ${cause.statusCode}` : 'InfluxDB does not answer',
  );
  error.cause = cause;
  return error;
}
