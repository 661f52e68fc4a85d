import type { Route } from '@gemel/application/ports';
import { networkFault, openSocket, standing, tlsOptions, within } from '@gemel/connector-parts';
import type { LinkFault, Session } from '@gemel/connector-parts';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

import type { HttpPushConnectorOptions } from './http-push-options.js';
import type { HttpPushType, PushRequest } from './push-request.js';

export interface SessionParts {
  readonly connection: HttpPushType;
  readonly options: HttpPushConnectorOptions;
  readonly route: Route;
}

/** An answer, with as much of its body as is read. */
export interface PushAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** A server that has not ended a connection by then lets us in. */
const LOOK_MS = 100;

/** A server that can be reached: until a request cannot get to it. */
export class HttpSession implements Session {
  readonly ended: Promise<LinkFault>;
  readonly #pool: Pool;
  #end: (fault: LinkFault) => void = () => undefined;

  private constructor(private readonly parts: SessionParts) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    const { connection } = parts;
    const { uri, specificConfig } = connection;
    this.#pool = new Pool(`${uri.scheme}://${uri.host.includes(':') ? `[${uri.host}]` : uri.host}:${uri.port}`, {
      connections: specificConfig.parallelism,
      pipelining: 1,
      headersTimeout: specificConfig.idleTimeoutMs,
      bodyTimeout: specificConfig.idleTimeoutMs,
      connect: (_options, done) => {
        const socket = this.#socket(() => {
          socket.removeListener('error', failed);
          done(null, socket);
        });
        const failed = (error: Error) => done(error, null);
        socket.once('error', failed);
      },
    });
  }

  /** Rejects with what the network says when the server cannot be reached. */
  static open(parts: SessionParts, signal: AbortSignal): Promise<HttpSession> {
    const session = new HttpSession(parts);
    return standing(session, () => within(session.#look(), parts.options.connectTimeoutMs, 'connecting'), signal);
  }

  /** Rejects with what the network says; nobody knows then whether the server has got it. Redirects are not followed. */
  async send({ method, path, query, body }: PushRequest, headers: PushRequest['headers']): Promise<PushAnswer> {
    try {
      const answer = await this.#pool.request({
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers,
        ...(body.length === 0 ? undefined : { body }),
      });
      return {
        status: answer.statusCode,
        headers: headersOf(answer.headers),
        payload: await this.#read(answer.body),
      };
    } catch (error) {
      if (!isOwnFault(error)) this.#over(networkFault(error));
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#over({ state: 'connecting', detail: 'the connection was closed' });
    await this.#pool.destroy();
  }

  #socket(onConnect: () => void): ReturnType<typeof openSocket> {
    const { connection, route } = this.parts;
    const { host, port, scheme } = connection.uri;
    return openSocket({ host, port }, route, scheme === 'https' ? tlsOptions(connection) : undefined, onConnect);
  }

  /** Whether something listens there, with the right certificate. */
  async #look(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const socket = this.#socket(() => {
        // Who is not let in hears of it only after the handshake [RFC 8446, 4.4.2.4].
        socket.setTimeout(LOOK_MS, () => {
          resolve();
          socket.destroy();
        });
      });
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server has ended the connection')));
    });
  }

  async #read(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let left = this.parts.options.answerBytes;
    for await (const chunk of body) {
      const bytes = Buffer.from(parseChunk(chunk));
      chunks.push(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) break;
    }
    return Buffer.concat(chunks);
  }

  #over(fault: LinkFault): void {
    this.#end(fault);
    this.#pool.destroy().catch(() => undefined);
  }
}

/** What is wrong with the request itself, or took too long, says nothing about the way to the server. */
export function isOwnFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'UND_ERR_INVALID_ARG' || error.code === 'ERR_INVALID_CHAR';
}

function headersOf(raw: Dispatcher.ResponseData['headers']): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined && name !== '__proto__') headers[name.toLowerCase()] = [value].flat().join(',');
  }
  return headers;
}

function parseChunk(chunk: unknown): Uint8Array {
  return chunk as Uint8Array;
}
