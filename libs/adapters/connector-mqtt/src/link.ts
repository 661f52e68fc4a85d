import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { ConnectorStatus } from '@gemel/application/ports';
import type { LinkFault } from '@gemel/connector-parts';
import { connect } from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import type { IConnackPacket } from 'mqtt-packet';

import { faultOf } from './faults.js';

// Of each number of two bytes there would be a buffer: 8 MB that each collection of garbage looks through.
writeToStream.cacheNumbers = false;

/** A network connection that stood for so long was no failure. */
const STABLE_MS = 10_000;

export interface LinkParts {
  /** For each new client; rejects when there is no way to the broker now. */
  readonly options: () => Promise<IClientOptions>;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Whether it tries again after a failure. */
  readonly failoverEnabled: boolean;
  /** For each new client, before it connects. */
  readonly prepare: (client: MqttClient) => void;
  /** The broker has let the client in: what is left to do before it counts as open. */
  readonly opened: (client: MqttClient) => Promise<void>;
  /** The network connection has ended. */
  readonly lost: () => void;
  /** Not before it has come to stand, or has failed to. */
  readonly onStatus: (status: ConnectorStatus) => void;
}

/** Keeps one client connected: a new one for each network connection, with pauses between that grow with each failure. */
export class Link {
  readonly #parts: LinkParts;
  readonly #closed = new AbortController();
  #running: Promise<void> | undefined;
  #client: MqttClient | undefined;
  #open: MqttClient | undefined;
  #failures = 0;
  /** Pause before the next try, when it was asked for. */
  #redelivery: number | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** Undefined while nothing can be sent. */
  get client(): MqttClient | undefined {
    return this.#open;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** A message could be handled: the next failure is the first one. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Ends the network connection and makes a new one after a pause, so that the broker sends again what was not confirmed. */
  reconnect(pauseMs: number): void {
    if (this.#open === undefined) return;
    this.#redelivery = pauseMs;
    this.#open.end(true);
  }

  /** Tells the broker good-bye when it has read all that was sent before, but waits no longer than that for it. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed.abort();
    const client = this.#client;
    if (client !== undefined) {
      const leaving = new AbortController();
      await Promise.race([
        this.#leave(client),
        delay(deadlineMs, undefined, { signal: leaving.signal }).catch(() => undefined),
      ]);
      leaving.abort();
      client.end(true);
      client.stream.destroy();
    }
    await this.#running;
  }

  async #leave(client: MqttClient): Promise<void> {
    if (this.#open !== undefined) await hasReadAll(client);
    await client.endAsync(this.#open === undefined);
  }

  async #run(): Promise<void> {
    const { failoverEnabled, onStatus } = this.#parts;
    while (!this.#isClosed()) {
      const began = performance.now();
      const fault = await this.#serve();
      if (this.#isClosed()) return;
      if (!failoverEnabled) {
        onStatus({ state: 'failed', detail: `${fault.detail}; it does not try again, since failoverEnabled is false` });
        return;
      }
      if (performance.now() - began > STABLE_MS) this.#failures = 0;
      const pauseMs = this.#pause();
      onStatus({ state: fault.state, detail: `${fault.detail}; it tries again in ${Math.ceil(pauseMs / 1_000)} s` });
      await delay(pauseMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    }
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #pause(): number {
    const { firstPauseMs, longestPauseMs } = this.#parts;
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    const asked = this.#redelivery ?? 0;
    this.#redelivery = undefined;
    return Math.max(pause, asked);
  }

  /** One network connection, from its beginning to its end. */
  async #serve(): Promise<LinkFault> {
    try {
      return await this.#serveOn(connect(await this.#parts.options()));
    } catch (error) {
      return faultOf(error);
    }
  }

  async #serveOn(client: MqttClient): Promise<LinkFault> {
    this.#client = client;
    // Confirmations are small and many: held back for each other they come 40 ms later, and brokers wait for them.
    client.once('connect', () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    });
    let fault: LinkFault = { state: 'connecting', detail: 'the broker has closed the connection' };
    const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.on('error', (error) => (fault = faultOf(error)));
    client.on(
      'disconnect',
      ({ reasonCode }) => (fault = faultOf({ code: reasonCode ?? 0, message: 'the broker says good-bye' })),
    );
    const connected = new Promise<IConnackPacket>((resolve) => client.once('connect', resolve));
    this.#parts.prepare(client);
    try {
      if ((await Promise.race([connected, ended])) !== undefined) {
        this.#open = client;
        await Promise.race([this.#parts.opened(client), ended]);
        if (client.connected) this.#parts.onStatus({ state: 'open', detail: 'connected' });
        await ended;
      }
    } catch (error) {
      fault = faultOf(error);
    }
    this.#open = undefined;
    this.#parts.lost();
    client.end(true);
    if (this.#redelivery !== undefined) fault = { state: 'connecting', detail: 'a message could not be handled' };
    return fault;
  }
}

/**
 * The broker's answer to a ping, which it gives after what it was sent before; or the end of the network connection. Mosquitto
 * reads a packet at a time, and no further once the client is gone: the last confirmations would be lost to it.
 */
function hasReadAll(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
    client.on('packetreceive', ({ cmd }) => {
      if (cmd === 'pingresp') resolve();
    });
    client.sendPing();
  });
}
