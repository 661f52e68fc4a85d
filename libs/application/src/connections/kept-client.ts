import { CLOSED, formatAddress, stepClient } from '@gemel/model/connections';
import type { ClientEffect, ClientInput, ClientState, Connection } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import type { Instant } from '@gemel/model/time';
import type { HeldLease } from '../leases/index.js';
import type { Connector, ConnectorStatus, Subscription } from '../ports/index.js';
import type { ClientSpread } from './client-spread.js';
import { HeldConnection } from './held-connection.js';
import type { ConnectionCounters, HeldConnectionParts } from './held-connection.js';
import type { LiveState } from './connection-status.js';
import type { ConnectionMonitor } from './monitoring/index.js';
import { pacedConnector } from './paced-connector.js';
import type { Pace } from './paced-connector.js';

export interface KeptClientParts extends HeldConnectionParts {
  readonly lease: HeldLease;
  readonly connector: () => Promise<Connector>;
  /** Most messages that come in. @default as many as come */
  readonly messagesPerSecond?: number;
  readonly monitor: ConnectionMonitor;
  /** Which of the connection's clients it is. */
  readonly client: number;
  readonly spread: ClientSpread;
  /** Hears of each change of how it is doing that operators would want to know of. */
  readonly changed: () => void;
}

export const NOTHING: ConnectionCounters = {
  consumed: 0,
  rejected: 0,
  retries: 0,
  published: 0,
  filtered: 0,
  refused: 0,
};

/** One client of a connection while this replica holds its lease: runs the effects of its state machine. */
export class KeptClient implements Subscription {
  readonly #stopped = new AbortController();
  #state: ClientState = CLOSED;
  #since: Instant;
  #detail = 'It opens.';
  #held: HeldConnection | undefined;
  /** What is done to the connector, one after the other. */
  #work: Promise<void> = Promise.resolve();
  /** Of those that have ended. */
  #ended = NOTHING;

  constructor(
    private readonly connection: Connection,
    private readonly parts: KeptClientParts,
  ) {
    this.#since = parts.clock.now();
  }

  /** Resolves when the connector tries to connect, or could not be made. */
  async start(): Promise<void> {
    this.#take({ type: 'open' });
    await this.#work;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#take({ type: 'close' });
    await this.#work;
  }

  live(): LiveState {
    return {
      status: statusOf(this.#state, this.#detail),
      since: this.#since,
      hindrances: this.#held?.hindrances() ?? [],
    };
  }

  counters(): ConnectionCounters {
    return sumOf(this.#ended, this.#held?.counters() ?? NOTHING);
  }

  #take(input: ClientInput): void {
    const { clock } = this.parts;
    const before = this.#state;
    const { state, effects } = stepClient(before, input, this.connection, clock.now());
    this.#state = state;
    if (nameOf(before) !== nameOf(state)) this.#since = clock.now();
    if (before !== state) this.#tell(before, state);
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ClientEffect): void {
    switch (effect.do) {
      case 'openConnector':
        this.#work = this.#work.then(() => this.#open());
        break;
      case 'closeConnector':
        this.#work = this.#work.then(() => this.#close());
        break;
      case 'startTimer':
        this.#work = this.#work.then(() => this.#startTimer(effect.ms));
        break;
    }
  }

  async #open(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const held = new HeldConnection(this.connection, this.parts.lease, {
      ...this.parts,
      observe: (status) => {
        if (this.#held === held) this.#observe(status);
      },
    });
    this.#held = held;
    try {
      await held.start(pacedConnector(await this.parts.connector(), this.#pace()));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      // A bug, or settings that only the library behind the connector can judge.
      if (!(error instanceof GemelError)) {
        this.parts.log.error({ error, connectionId: this.connection.id }, 'a connection could not be opened');
      }
      this.#take({ type: 'broken', detail, isMisconfigured: true });
    }
  }

  #pace(): Pace {
    const { messagesPerSecond: perSecond = 0, timers, monitor } = this.parts;
    return { perSecond, timers, onHeldBack: (address) => monitor.inbound(address, 'throttled', undefined, {}) };
  }

  async #close(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    await held.stop();
    this.#ended = sumOf(this.#ended, held.counters());
  }

  /** Nobody waits for it. */
  #startTimer(ms: number): void {
    void this.parts.timers.sleep(ms, this.#stopped.signal).then(() => {
      if (!this.#stopped.signal.aborted) this.#take({ type: 'timer' });
    });
  }

  #observe({ state, detail }: ConnectorStatus): void {
    this.#detail = detail;
    switch (state) {
      case 'open':
        this.#take({ type: 'connected' });
        break;
      case 'connecting':
      case 'misconfigured':
        this.#take({ type: 'lost', detail, isMisconfigured: state === 'misconfigured' });
        break;
      case 'failed':
        this.#take({ type: 'broken', detail, isMisconfigured: false });
        break;
    }
  }

  /** Once for each change that operators would want to know of. */
  #tell(before: ClientState, state: ClientState): void {
    const { log, monitor } = this.parts;
    if ('detail' in state && state.detail !== 'It opens.') monitor.connection(state.detail, 'failure');
    if (state.at === 'open') monitor.connection('The connection is open.', 'success');
    if (state.at === 'closed') monitor.connection('The connection is closed.', 'success');
    if (nameOf(before) === nameOf(state)) return;
    this.parts.changed();
    const reason = 'detail' in state ? state.detail : this.#detail;
    const fields = { connectionId: this.connection.id, uri: formatAddress(this.connection.uri), reason };
    if (state.at === 'open') log.info(fields, 'a connection is open');
    else if (state.at === 'failed') log.error(fields, 'a connection is given up');
    else if (state.at === 'closed' || !('failures' in state) || state.failures === 0) return;
    else if (state.isMisconfigured) log.error(fields, 'a connection cannot come to stand as it is configured');
    else log.warn(fields, 'a connection does not stand; it tries again');
  }
}

/** What differs for operators. */
function nameOf(state: ClientState): string {
  return `${state.at}${'failures' in state && state.failures > 0 ? '!' : ''}${'isMisconfigured' in state ? String(state.isMisconfigured) : ''}`;
}

function statusOf(state: ClientState, detail: string): LiveState['status'] {
  switch (state.at) {
    case 'open':
    case 'closed':
      return { state: state.at, detail };
    case 'failed':
      return { state: 'failed', detail: state.detail };
    case 'connecting':
    case 'waiting':
      if (state.isMisconfigured) return { state: 'misconfigured', detail: state.detail };
      return { state: state.failures === 0 ? 'opening' : 'connecting', detail: state.detail };
  }
}

export function sumOf(left: ConnectionCounters, right: ConnectionCounters): ConnectionCounters {
  return {
    consumed: left.consumed + right.consumed,
    rejected: left.rejected + right.rejected,
    retries: left.retries + right.retries,
    published: left.published + right.published,
    filtered: left.filtered + right.filtered,
    refused: left.refused + right.refused,
  };
}
