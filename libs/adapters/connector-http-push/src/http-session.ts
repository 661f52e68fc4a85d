import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { DIRECT } from '@gemel/application/ports';
import type { Route } from '@gemel/application/ports';
import { networkFault, openSocket, standing, tlsOptions, within } from '@gemel/connector-parts';
import type { LinkFault, Session } from '@gemel/connector-parts';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

import { ProxyRefused, leadOn } from './http-proxy.js';
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
        this.#socket().then(
          (socket) => done(null, socket),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
        );
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
      if (!isOwnFault(error)) this.#over(httpFault(error));
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#over({ state: 'connecting', detail: 'the connection was closed' });
    await this.#pool.destroy();
  }

  /** To the server, with TLS where the address says so; connected. */
  async #socket(): Promise<Socket> {
    const { connection, route, options } = this.parts;
    const { host, port, scheme } = connection.uri;
    const tls = scheme === 'https' ? tlsOptions(connection) : undefined;
    const { proxy } = options;
    if (proxy === undefined || route !== DIRECT) {
      return connected((onConnect) => openSocket({ host, port }, route, tls, onConnect));
    }
    const raw = await connected((onConnect) => openSocket(proxy, route, undefined, onConnect));
    try {
      await leadOn(raw, proxy, { host, port });
    } catch (error) {
      raw.destroy();
      throw error;
    }
    return tls === undefined ? raw : connected((onConnect) => connectTls({ ...tls, socket: raw }, onConnect));
  }

  /** Whether something listens there, with the right certificate. */
  async #look(): Promise<void> {
    const socket = await this.#socket();
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server has ended the connection')));
      // Who is not let in hears of it only after the handshake [RFC 8446, 4.4.2.4].
      socket.setTimeout(LOOK_MS, () => {
        resolve();
        socket.destroy();
      });
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

/** What keeps a connection from coming to stand. */
export function httpFault(error: unknown): LinkFault {
  if (!(error instanceof ProxyRefused)) return networkFault(error);
  return { state: error.status === 407 ? 'misconfigured' : 'connecting', detail: error.message };
}

function connected(open: (onConnect: () => void) => Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = open(() => {
      socket.removeListener('error', reject);
      socket.removeListener('close', ended);
      // Whoever uses it listens by the time that something goes wrong with it.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    const ended = () => reject(new Error('the server has ended the connection'));
    socket.once('error', reject);
    socket.once('close', ended);
  });
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
