import type { Connection } from 'mongoose';

type Client = ReturnType<Connection['getClient']>;
/** What is watched of the driver's client. */
export type WatchedClient = Pick<Client, 'on'>;

export interface DriverLimits {
  /** Between two looks of the driver whether a server is there, in milliseconds. */
  readonly heartbeatMs: number;
  /** In which the driver itself gives up such a look, in milliseconds. */
  readonly connectMs: number;
  /** After which nobody waits for an answer, in milliseconds. */
  readonly answerMs: number;
}

export interface DriverSigns {
  /** Connections to a server broke. */
  broke(): void;
  /** A server was heard. Told often. */
  reached(): void;
  /** The driver will not find a server again by itself, or has lost connections of its pool. Told once. */
  stuck(reason: string): void;
}

/** Given to a look that is overdue: this process itself may have stood still. */
const GRACE_MS = 1_000;
const GATHER_MS = 100;

/**
 * Notices a driver that stands still. A question that is written on a socket in the moment between its end and its
 * 'close' waits for 'drain' for ever (`Connection.writeCommand` of the driver, seen in 7.8 and 7.9). When that question
 * is the monitor's, the server is never looked at again; when it is another's, its connection never returns to the pool.
 */
export class DriverWatch {
  readonly #looks = new Map<string, NodeJS.Timeout>();
  /** Connections that were made; failing to make one tells nothing about the others. */
  readonly #ready = new Set<string>();
  readonly #taken = new Map<string, number>();
  #taking = 0;
  #breaking: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    client: WatchedClient,
    private readonly limits: DriverLimits,
    private readonly signs: DriverSigns,
  ) {
    client.on('serverHeartbeatStarted', ({ connectionId, awaited }) => this.#lookBegan(connectionId, awaited));
    client.on('serverHeartbeatSucceeded', ({ connectionId }) => {
      this.#lookEnded(connectionId);
      this.#reached();
    });
    client.on('serverHeartbeatFailed', ({ connectionId }) => this.#lookEnded(connectionId));
    client.on('serverClosed', ({ address }) => this.#lookEnded(address));
    client.on('connectionCheckedOut', ({ address, connectionId }) => {
      this.#taken.set(nameOf(address, connectionId), (this.#taking += 1));
    });
    client.on('connectionCheckedIn', ({ address, connectionId }) => {
      this.#taken.delete(nameOf(address, connectionId));
    });
    client.on('connectionReady', ({ address, connectionId }) => {
      this.#ready.add(nameOf(address, connectionId));
      this.#reached();
    });
    client.on('connectionClosed', ({ address, connectionId, reason }) => {
      this.#closed(nameOf(address, connectionId), reason);
    });
    client.on('connectionPoolCleared', () => this.#broke());
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#isOver = true;
    for (const timer of this.#looks.values()) clearTimeout(timer);
    this.#looks.clear();
    clearTimeout(this.#breaking);
    this.#taken.clear();
    this.#ready.clear();
  }

  #lookBegan(address: string, isAwaited: boolean): void {
    this.#lookEnded(address);
    if (this.#isOver) return;
    const { connectMs, heartbeatMs } = this.limits;
    const overdueMs = connectMs + (isAwaited ? heartbeatMs : 0);
    const isOverdue = () =>
      this.#await(address, GRACE_MS, () => this.#stuck('it does not look at the server any more'));
    this.#await(address, overdueMs, isOverdue);
  }

  #await(address: string, ms: number, then: () => void): void {
    this.#looks.set(address, setTimeout(then, ms).unref());
  }

  #lookEnded(address: string): void {
    clearTimeout(this.#looks.get(address));
    this.#looks.delete(address);
  }

  #reached(): void {
    if (!this.#isOver) this.signs.reached();
  }

  #closed(name: string, reason: string): void {
    if (this.#ready.delete(name) && reason === 'error') this.#broke();
  }

  /** Most of them are told of at the same time. */
  #broke(): void {
    if (this.#isOver) return;
    this.#breaking ??= setTimeout(() => {
      this.#breaking = undefined;
      this.signs.broke();
      this.#expectBack();
    }, GATHER_MS).unref();
  }

  /** Whoever had a connection when they broke has given up by then. */
  #expectBack(): void {
    const before = new Map(this.#taken);
    setTimeout(() => {
      const isLost = [...before].some(([name, taking]) => this.#taken.get(name) === taking);
      if (isLost) this.#stuck('a connection did not come back');
    }, this.limits.answerMs + GRACE_MS).unref();
  }

  #stuck(reason: string): void {
    if (this.#isOver) return;
    this.stop();
    this.signs.stuck(reason);
  }
}

function nameOf(address: string, connection: number | string): string {
  return `${address}/${String(connection)}`;
}
