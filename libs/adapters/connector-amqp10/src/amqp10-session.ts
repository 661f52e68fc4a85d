import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import type { Route } from '@gemel/application/ports';
import { openSocket, sharedAccess, standing, tlsOptions, within } from '@gemel/connector-parts';
import type { LinkFault, Session } from '@gemel/connector-parts';
import type { ConnectionOf } from '@gemel/model/connections';
import rhea from 'rhea';
import type { Connection as RheaConnection, ConnectionOptions } from 'rhea';

import type { Amqp10ConnectorOptions } from './amqp10-options.js';
import { amqpFault, parseFailure } from './faults.js';
import type { Inlet } from './inlet.js';
import type { Outlet } from './outlet.js';

export type Amqp10Type = ConnectionOf<'amqp-10'>;

export interface SessionParts {
  readonly connection: Amqp10Type;
  readonly options: Amqp10ConnectorOptions;
  readonly route: Route;
  readonly inlets: readonly Inlet[];
  readonly outlet: Outlet;
}

/** Of Azure's IoT hubs, which have it in the endpoint and not in the user's name. */
const AZURE_SUFFIX = /\.azure-devices\.net$/;

/** One AMQP connection with a link for each address. */
export class Amqp10Session implements Session {
  readonly ended: Promise<LinkFault>;
  readonly #connection: RheaConnection;
  #end: (fault: LinkFault) => void = () => undefined;
  #isOver = false;

  private constructor(private readonly parts: SessionParts) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    const { connection } = parts;
    const container = rhea.create_container({ id: connection.specificConfig.containerId });
    container.on('error', (error: unknown) => this.#over(amqpFault(error)));
    this.#connection = container.create_connection(clientOptions(parts));
    this.#watch();
  }

  /** Rejects with what the other side or the network says when it does not come to stand. */
  static open(parts: SessionParts, signal: AbortSignal): Promise<Amqp10Session> {
    const session = new Amqp10Session(parts);
    // rhea says nothing of a connection that ends before it is open: nothing would end the wait for it.
    const over = session.ended.then(() => undefined);
    const connect = () =>
      within(Promise.race([session.#connect(), over]), parts.options.connectTimeoutMs, 'connecting');
    return standing(session, connect, signal);
  }

  async close(deadlineMs: number): Promise<void> {
    if (!this.#isOver) {
      const over = new AbortController();
      const closed = once(this.#connection, 'connection_close', over).catch(() => undefined);
      this.#connection.close();
      await Promise.race([closed, delay(Math.max(deadlineMs, 20), undefined, over).catch(() => undefined)]);
      over.abort();
    }
    this.#over({ state: 'connecting', detail: 'the connection was closed' });
  }

  async #connect(): Promise<void> {
    const { inlets, outlet } = this.parts;
    this.#connection.connect();
    await once(this.#connection, 'connection_open');
    await Promise.all(inlets.map((inlet) => inlet.open(this.#connection, (failure) => this.#over(amqpFault(failure)))));
    outlet.opened(this.#connection);
  }

  #watch(): void {
    const connection = this.#connection;
    const failed = (context: { readonly error?: unknown }): void =>
      this.#over(amqpFault(parseFailure(connection.error ?? context.error)));
    connection.on('connection_error', failed);
    connection.on('protocol_error', (error: unknown) => this.#over(amqpFault(error)));
    connection.on('error', (error: unknown) => this.#over(amqpFault(error)));
    connection.on('session_error', failed);
    connection.on('disconnected', (context: { readonly error?: unknown }) =>
      this.#over(
        context.error === undefined
          ? { state: 'connecting', detail: 'the other side has ended the connection' }
          : amqpFault(context.error),
      ),
    );
    connection.on('connection_close', () =>
      this.#over({ state: 'connecting', detail: 'the other side says good-bye' }),
    );
  }

  #over(fault: LinkFault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const inlet of this.parts.inlets) inlet.lost();
    this.parts.outlet.lost();
    this.#end(fault);
    this.#connection.close();
    destroySocket(this.#connection);
  }
}

function clientOptions({ connection, options, route }: SessionParts): ConnectionOptions {
  const { uri, specificConfig } = connection;
  const { idleTimeoutMs, maxFrameBytes, virtualHost } = specificConfig;
  const isSecure = uri.scheme === 'amqps';
  const account = accountOf(connection, options.now());
  return parseOptions({
    ...account,
    host: uri.host,
    hostname: virtualHost ?? uri.host,
    port: uri.port,
    reconnect: false,
    // Dispositions are small: held back for each other they come 40 ms later, and brokers wait for them.
    tcp_no_delay: true,
    max_frame_size: maxFrameBytes,
    ...(idleTimeoutMs === 0 ? undefined : { idle_time_out: idleTimeoutMs }),
    // Who shows a certificate and no name is known by it.
    enable_sasl_external: connection.tls.clientCertificate !== undefined && account.username === undefined,
    ...connection.tls.clientCertificate,
    connection_details: () => ({
      host: uri.host,
      port: uri.port,
      connect: (port: number, host: string, _options: unknown, onConnect: () => void) =>
        openSocket({ host, port }, route, isSecure ? tlsOptions(connection) : undefined, onConnect),
    }),
  });
}

function accountOf({ uri, credentials }: Amqp10Type, now: number): { username?: string; password?: string } {
  if (credentials?.type === 'hmac') {
    const { keyName, endpoint, token } = sharedAccess(credentials, now);
    return {
      username: `${keyName}@sas.root.${endpoint.replace(AZURE_SUFFIX, '')}`,
      password: `SharedAccessSignature ${token}`,
    };
  }
  return {
    ...(uri.username === undefined ? undefined : { username: uri.username }),
    ...(uri.password === undefined ? undefined : { password: uri.password }),
  };
}

/** rhea knows more options than its types. */
function parseOptions(options: object): ConnectionOptions {
  return options as ConnectionOptions;
}

/** A close waits for the other side, which may be gone. */
function destroySocket(connection: RheaConnection): void {
  setImmediate(() => {
    const { socket, heartbeat_in: heartbeatIn, heartbeat_out: heartbeatOut } = parseInside(connection);
    socket?.destroy();
    for (const timer of [heartbeatIn, heartbeatOut]) clearTimeout(timer);
  });
}

interface Inside {
  readonly socket?: { destroy(): void };
  readonly heartbeat_in?: NodeJS.Timeout;
  readonly heartbeat_out?: NodeJS.Timeout;
}

/** rhea has it there, its types have not. */
function parseInside(connection: unknown): Inside {
  return connection as Inside;
}
