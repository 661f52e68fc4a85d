import { setTimeout as pause } from 'node:timers/promises';
import type { Addresses, Broker, Inbox, OpenBroker, Outbox, Received } from './broker.js';

const CONNECT_WITHIN_MS = 5_000;
const SEND_WITHIN_MS = 4_000;
/** Clients of Kafka leave their group slowly. */
const CLOSE_WITHIN_MS = 20_000;
const AGAIN_AFTER_MS = 250;

interface Ends {
  readonly broker: Broker;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
}

/** Devices and a consumer that come back when the broker does, and devices that send again what was not taken for sure. */
export class LastingBroker {
  readonly #received: Received[][] = [];
  #ends: Promise<Ends>;
  #isClosed = false;

  private constructor(
    private readonly open: OpenBroker,
    private readonly namespace: string,
    private readonly addresses: Addresses,
  ) {
    this.#ends = this.#connect();
  }

  static async open(open: OpenBroker, namespace: string, addresses: Addresses): Promise<LastingBroker> {
    const lasting = new LastingBroker(open, namespace, addresses);
    await lasting.#ends;
    return lasting;
  }

  /** What a connection to it needs to know. */
  async ends(): Promise<Ends> {
    return this.#ends;
  }

  /** All that has come so far, in the order of arrival. */
  get received(): readonly Received[] {
    return this.#received.flat();
  }

  /** Resolves when the broker has taken it, or nobody wants it any more. */
  async send(key: string, payload: string): Promise<void> {
    while (!this.#isClosed) {
      const ends = this.#ends;
      try {
        const { broker, inbox } = await ends;
        const sent = inbox.send(key, payload);
        await (broker.comesBack === true ? sent : within(SEND_WITHIN_MS, sent));
        return;
      } catch {
        if (this.#ends === ends) {
          this.#ends = this.#reconnect(ends);
          this.#ends.catch(() => undefined);
        }
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const { broker } = await within(CONNECT_WITHIN_MS, this.#ends);
    await within(CLOSE_WITHIN_MS, broker.close());
  }

  async #reconnect(before: Promise<Ends>): Promise<Ends> {
    const { broker } = await before;
    await within(CLOSE_WITHIN_MS, broker.close(false)).catch(() => undefined);
    for (;;) {
      if (this.#isClosed) throw new Error('nobody wants it any more');
      await pause(AGAIN_AFTER_MS);
      const ends = await within(CONNECT_WITHIN_MS, this.#connect()).catch(() => undefined);
      if (ends !== undefined) return ends;
    }
  }

  async #connect(): Promise<Ends> {
    const broker = await this.open(this.namespace, this.addresses);
    if (broker.inbox === undefined) throw new Error('nothing comes in over this transport');
    const [inbox, outbox] = [await broker.inbox('in'), await broker.outbox('events')];
    this.#received.push(outbox.received);
    return { broker, inbox, outbox };
  }
}

async function within<T>(ms: number, result: Promise<T>): Promise<T> {
  const stopped = new AbortController();
  const late = pause(ms, undefined, { signal: stopped.signal }).then(() => Promise.reject(new Error('too late')));
  try {
    return await Promise.race([result, late]);
  } finally {
    stopped.abort();
    late.catch(() => undefined);
    result.catch(() => undefined);
  }
}
