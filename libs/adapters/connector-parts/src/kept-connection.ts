import { setTimeout as delay } from 'node:timers/promises';

import type { ConnectorStatus } from '@gemel/application/ports';

import type { LinkFault } from './link-fault.js';
import type { Session } from './session.js';
import { SessionFailed } from './standing.js';

/** A network connection that stood for so long was no failure. */
const STABLE_MS = 10_000;

export interface KeptConnectionParts {
  /** A new session; rejects when it does not come to stand, or when the signal aborts. */
  readonly connect: (signal: AbortSignal) => Promise<Session>;
  readonly faultOf: (error: unknown) => LinkFault;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Whether it tries again after a failure. */
  readonly failoverEnabled: boolean;
  /** Not before it has come to stand, or has failed to. */
  readonly onStatus: (status: ConnectorStatus) => void;
}

/** Keeps a connection up: a new session after each one's end, with pauses between that grow with each failure. */
export class KeptConnection {
  readonly #parts: KeptConnectionParts;
  readonly #closed = new AbortController();
  #status: ConnectorStatus = { state: 'connecting', detail: 'connects' };
  #running: Promise<void> | undefined;
  #session: Session | undefined;
  #failures = 0;
  /** Pause before the next try, when it was asked for. */
  #asked: { readonly pauseMs: number; readonly reason: string } | undefined;

  constructor(parts: KeptConnectionParts) {
    this.#parts = parts;
  }

  status(): ConnectorStatus {
    return this.#status;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something has worked: the next failure is the first one. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Ends the session and makes a new one after a pause. */
  reconnect(pauseMs: number, reason: string): void {
    if (this.#session === undefined || this.#asked !== undefined) return;
    this.#asked = { pauseMs, reason };
    void this.#session.close(0);
  }

  async close(deadlineMs: number): Promise<void> {
    this.#closed.abort();
    await this.#session?.close(deadlineMs);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    while (!this.#isClosed()) {
      const began = performance.now();
      const fault = await this.#serve();
      if (this.#isClosed()) return;
      if (!this.#parts.failoverEnabled && this.#asked === undefined) {
        this.#tell('failed', `${fault.detail}; it does not try again, since failoverEnabled is false`);
        return;
      }
      if (performance.now() - began > STABLE_MS) this.#failures = 0;
      const pauseMs = this.#pause();
      this.#tell(fault.state, `${fault.detail}; it tries again in ${Math.ceil(pauseMs / 1_000)} s`);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #serve(): Promise<LinkFault> {
    try {
      const session = await this.#parts.connect(this.#closed.signal);
      this.#session = session;
      if (this.#isClosed()) await session.close(0);
      else this.#tell('open', 'connected');
      const fault = await session.ended;
      return this.#asked === undefined ? fault : { state: 'connecting', detail: this.#asked.reason };
    } catch (error) {
      return error instanceof SessionFailed ? error.fault : this.#parts.faultOf(error);
    } finally {
      this.#session = undefined;
    }
  }

  #pause(): number {
    const { firstPauseMs, longestPauseMs } = this.#parts;
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures = Math.min(this.#failures + 1, 30);
    const asked = this.#asked?.pauseMs ?? 0;
    this.#asked = undefined;
    return Math.max(pause, asked);
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #tell(state: ConnectorStatus['state'], detail: string): void {
    this.#status = { state, detail };
    this.#parts.onStatus(this.#status);
  }
}
