import { MessageNotTaken, MessageRefused, PUBLISHED } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { NotConnected } from '@gemel/connector-parts';
import { PassingMap } from '@gemel/model/collections';
import type { Connection as RheaConnection, Delivery, EventContext, Message, Sender } from 'rhea';

import { terminusOf } from './addresses.js';
import { AmqpFailure, isRefusal, parseFailure } from './faults.js';
import { encodeMessage } from './message-codec.js';

/** [AMQP 1.0, 2.8.15] */
const NO_ROOM = 'amqp:resource-limit-exceeded';
/** Links that are kept: addresses with placeholders may lead to many. */
const MOST_LINKS = 100;

interface Waiting {
  readonly message: Message;
  readonly resolve: (outcome: PublishOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Publishes in the order of the calls for each address, on a link of its own. */
export class Outlet {
  #connection: RheaConnection | undefined;
  /** The least recently used first. */
  readonly #links = new Map<string, AddressLink>();

  opened(connection: RheaConnection): void {
    this.#connection = connection;
  }

  lost(): void {
    this.#connection = undefined;
    for (const link of this.#links.values()) link.fail(() => new NotConnected());
    this.#links.clear();
  }

  /** @throws MessageRefused @throws MessageNotTaken @throws NotConnected */
  async publish(message: OutboundMessage): Promise<PublishOutcome> {
    const { address } = message;
    const connection = this.#connection;
    if (address === '' || address.includes('\0')) throw new MessageRefused(address, 'it is no AMQP address');
    if (connection === undefined) throw new NotConnected();
    const link = this.#link(address, connection);
    return new Promise((resolve, reject) => {
      link.send({ message: encodeMessage(message), resolve, reject });
    });
  }

  #link(address: string, connection: RheaConnection): AddressLink {
    const known = this.#links.get(address);
    this.#links.delete(address);
    const link = known ?? new AddressLink(address, connection, () => this.#links.delete(address));
    this.#links.set(address, link);
    if (this.#links.size > MOST_LINKS) {
      const idle = [...this.#links].find(([, each]) => each.isIdle);
      if (idle !== undefined) {
        this.#links.delete(idle[0]);
        idle[1].close();
      }
    }
    return link;
  }
}

class AddressLink {
  readonly #sender: Sender;
  readonly #waiting: Waiting[] = [];
  readonly #sent = new PassingMap<Delivery, Waiting>();

  constructor(
    private readonly address: string,
    connection: RheaConnection,
    onClosed: () => void,
  ) {
    const sender = connection.open_sender({ target: terminusOf(address) });
    this.#sender = sender;
    sender.on('sendable', () => this.#flush());
    sender.on('accepted', (context: EventContext) => this.#taken(context)?.resolve(PUBLISHED));
    sender.on('rejected', (context: EventContext) => {
      const { error } = parseOutcome(context.delivery?.remote_state);
      this.#taken(context)?.reject(rejection(address, parseFailure(error)));
    });
    for (const outcome of ['released', 'modified'] as const) {
      sender.on(outcome, (context: EventContext) =>
        this.#taken(context)?.reject(new MessageNotTaken({ status: 503 }, `it was ${outcome} by the other side`)),
      );
    }
    const closed = (): void => {
      onClosed();
      const failure = parseFailure(sender.error ?? new AmqpFailure('', `the link to '${address}' was closed`));
      this.fail(() => (isRefusal(failure) ? new MessageRefused(address, failure.message) : failure));
    };
    sender.on('sender_error', closed);
    sender.on('sender_close', closed);
  }

  get isIdle(): boolean {
    return this.#waiting.length + this.#sent.size === 0;
  }

  send(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#flush();
  }

  fail(errorOf: () => unknown): void {
    const all = [...this.#sent.values(), ...this.#waiting.splice(0)];
    this.#sent.clear();
    for (const { reject } of all) reject(errorOf());
  }

  close(): void {
    this.#sender.close();
  }

  #flush(): void {
    let done = 0;
    for (const waiting of this.#waiting) {
      if (!this.#sender.sendable()) break;
      done++;
      this.#sent.set(this.#sender.send(waiting.message), waiting);
    }
    this.#waiting.splice(0, done);
  }

  #taken({ delivery }: EventContext): Waiting | undefined {
    if (delivery === undefined) return undefined;
    const waiting = this.#sent.get(delivery);
    this.#sent.delete(delivery);
    return waiting;
  }
}

function rejection(address: string, { condition, message }: AmqpFailure): Error {
  return condition === NO_ROOM
    ? new MessageNotTaken({ status: 503 }, `'${address}' is full: ${message}`, 'all')
    : new MessageRefused(address, `it was rejected: ${message}`);
}

function parseOutcome(state: unknown): { readonly error?: unknown } {
  return typeof state === 'object' && state !== null ? state : {};
}
