import { filterTest } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { LeaseLost } from '../ports/index.js';
import type { Connector, InboundHandler, InboundMessage, OpenConnector, Timers } from '../ports/index.js';

const WINDOW_MS = 1_000;

export interface Pace {
  /** Messages of one client of a connection; 0 for as many as come. */
  readonly perSecond: number;
  readonly timers: Timers;
  /** Told of each message that has to wait. @param address of the source, as the connection names it */
  readonly onHeldBack: (address: string) => void;
}

/**
 * Hands over so many messages in each second, in the order of arrival. Those that wait count as under way, so that the
 * other side waits, too, when they are many; those that still wait when the connection closes come again.
 */
export function pacedConnector(connector: Connector, pace: Pace): Connector {
  if (pace.perSecond === 0) return connector;
  return {
    open: async (connection, handler, observer, route) => {
      const closed = new AbortController();
      const paced = pacedHandler(handler, { connection, pace, closed: closed.signal });
      const opened = await connector.open(connection, paced, observer, route);
      const wrapped: OpenConnector = {
        publish: (message) => opened.publish(message),
        hasReceivers: () => opened.hasReceivers(),
        status: () => opened.status(),
        close: (deadlineMs) => {
          closed.abort();
          return opened.close(deadlineMs);
        },
      };
      return wrapped;
    },
  };
}

interface Paced {
  readonly connection: Connection;
  readonly pace: Pace;
  readonly closed: AbortSignal;
}

function pacedHandler(handler: InboundHandler, { connection, pace, closed }: Paced): InboundHandler {
  const turns = new Turns(pace, closed);
  const addresses = connection.sources.flatMap((source) => source.addresses);
  const tests = addresses.map((address) => ({ address, takes: filterTest(address) }));
  const addressOf = ({ address: topic }: InboundMessage) =>
    tests.find(({ address, takes }) => address === topic || takes(topic))?.address ?? topic;
  return async (message) => {
    const turn = turns.next();
    if (turn !== undefined) {
      pace.onHeldBack(addressOf(message));
      await turn;
      if (closed.aborted) throw new LeaseLost(connection.id);
    }
    await handler(message);
  };
}

class Turns {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #windowEnds = -Infinity;
  #left = 0;

  constructor(
    private readonly pace: Pace,
    private readonly closed: AbortSignal,
  ) {}

  /** Undefined when there is no need to wait. */
  next(): Promise<void> | undefined {
    if (this.#waiting === 0 && this.#take()) return undefined;
    this.#waiting++;
    this.#last = this.#last.then(() => this.#wait());
    return this.#last;
  }

  async #wait(): Promise<void> {
    const { timers } = this.pace;
    while (!this.closed.aborted && !this.#take()) await timers.sleep(this.#windowEnds - timers.now(), this.closed);
    this.#waiting--;
  }

  #take(): boolean {
    const now = this.pace.timers.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW_MS;
      this.#left = this.pace.perSecond;
    }
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
