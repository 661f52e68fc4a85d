import { setTimeout as delay } from 'node:timers/promises';

import type { Route } from '@gemel/application/ports';
import { standing, tlsOptions, within } from '@gemel/connector-parts';
import type { LinkFault, Session } from '@gemel/connector-parts';
import type { ConnectionOf } from '@gemel/model/connections';
import { connect, credentials as sasl } from 'amqplib';
import type { ChannelModel } from 'amqplib';

import type { Amqp091ConnectorOptions } from './amqp091-options.js';
import { amqpFault } from './faults.js';
import type { Inlet } from './inlet.js';
import type { Outlet } from './outlet.js';

export type Amqp091Type = ConnectionOf<'amqp-091'>;

export interface SessionParts {
  readonly connection: Amqp091Type;
  readonly options: Amqp091ConnectorOptions;
  readonly route: Route;
  readonly inlets: readonly Inlet[];
  readonly outlet: Outlet;
}

/** One AMQP connection: a channel for what comes, one for what goes. */
export class Amqp091Session implements Session {
  readonly ended: Promise<LinkFault>;
  #model: ChannelModel | undefined;
  #end: (fault: LinkFault) => void = () => undefined;
  #isOver = false;
  #isLeft = false;

  private constructor(private readonly parts: SessionParts) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Rejects with what the other side or the network says when it does not come to stand. */
  static open(parts: SessionParts, signal: AbortSignal): Promise<Amqp091Session> {
    const session = new Amqp091Session(parts);
    return standing(session, () => within(session.#connect(), parts.options.connectTimeoutMs, 'connecting'), signal);
  }

  async close(deadlineMs: number): Promise<void> {
    const model = this.#model;
    if (model !== undefined && !this.#isOver) {
      // From here on amqplib throws at whoever sends: what is handled meanwhile is confirmed when it comes again.
      this.#letGo();
      const closed = model.close().catch(() => undefined);
      await Promise.race([closed, delay(Math.max(deadlineMs, 20))]);
    }
    this.#over({ state: 'connecting', detail: 'the connection was closed' });
  }

  async #connect(): Promise<void> {
    const { connection, options, route, inlets, outlet } = this.parts;
    const { host, port } = await route({ host: connection.uri.host, port: connection.uri.port });
    const model = await connect(
      {
        protocol: connection.uri.scheme,
        hostname: host,
        port,
        vhost: virtualHost(connection.uri.path),
        heartbeat: options.heartbeatSeconds,
      },
      {
        ...(connection.uri.scheme === 'amqps' ? tlsOptions(connection) : undefined),
        timeout: options.connectTimeoutMs,
        noDelay: true,
        credentials: accountOf(connection),
        clientProperties: { connection_name: `gemel-${connection.id}` },
      },
    );
    this.#model = model;
    let failure: unknown;
    model.on('error', (error) => (failure = error));
    model.on('close', (error) => this.#over(faultOf(failure ?? error)));
    // It may have been closed while it came to stand.
    if (this.#isOver) {
      release(model);
      return;
    }
    if (inlets.length > 0) await this.#consume(model);
    await outlet.open(model);
  }

  async #consume(model: ChannelModel): Promise<void> {
    const { options, inlets } = this.parts;
    const channel = await model.createChannel();
    let failure: unknown;
    channel.on('error', (error) => (failure = error));
    channel.on('close', () => this.#over(faultOf(failure)));
    const consumers = inlets.reduce((sum, inlet) => sum + inlet.consumers, 0);
    await channel.prefetch(Math.max(1, Math.floor(options.messagesInFlight / consumers)));
    const gone = (): void => this.#over({ state: 'misconfigured', detail: 'a queue was deleted' });
    await Promise.all(inlets.map((inlet) => inlet.open(channel, gone)));
  }

  /** Nothing is sent over this session any more. */
  #letGo(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    for (const inlet of this.parts.inlets) inlet.lost();
    this.parts.outlet.lost();
  }

  #over(fault: LinkFault): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#letGo();
    this.#end(fault);
    if (this.#model !== undefined) release(this.#model);
  }
}

function faultOf(failure: unknown): LinkFault {
  return failure === undefined
    ? { state: 'connecting', detail: 'the other side has ended the connection' }
    : amqpFault(failure);
}

function accountOf({ uri }: Amqp091Type): ReturnType<typeof sasl.plain> {
  return sasl.plain(uri.username ?? 'guest', uri.password ?? 'guest');
}

/** Of the path `/name`, in which further slashes are percent-encoded. */
function virtualHost(path: string): string {
  if (path === '') return '/';
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return path.slice(1);
  }
}

/** What amqplib keeps when the other side does not answer a close. */
function release(model: ChannelModel): void {
  const { stream, heartbeater } = parseInside(model.connection);
  heartbeater?.clear();
  stream?.destroy();
}

/** amqplib has it there, its types have not. */
function parseInside(connection: unknown): { stream?: { destroy(): void }; heartbeater?: { clear(): void } | null } {
  return connection as ReturnType<typeof parseInside>;
}
