import { MessageNotTaken, MessageRefused, PUBLISHED } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { NotConnected } from '@gemel/connector-parts';
import { PassingMap } from '@gemel/model/collections';
import { parseExchangeAddress } from '@gemel/model/connections';
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';

import { replyCode } from './faults.js';
import { publishOptions } from './properties.js';

interface Waiting {
  readonly address: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly resolve: (outcome: PublishOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What Ditto says when no queue wants a message. */
const RETURNED: PublishOutcome = { status: 503, payload: Buffer.from('No queue takes the message.') };
/** A broker that works declines for one reason: a queue is as long as it may be (`x-overflow: reject-publish`). */
const notTaken = () =>
  new MessageNotTaken({ status: 503 }, 'the broker does not take it: probably a queue is full', 'all');
const NOT_FOUND = 404;
const ACCESS_REFUSED = 403;

/** Publishes in the order of the calls, and waits for the broker's confirmation of each. */
export class Outlet {
  readonly #waiting: Waiting[] = [];
  readonly #unconfirmed = new PassingMap<Waiting, true>();
  readonly #returned: Message[] = [];
  #channel: ConfirmChannel | undefined;
  #model: ChannelModel | undefined;
  #isBlocked = false;

  constructor(private readonly window: number) {}

  async open(model: ChannelModel): Promise<void> {
    this.#model = model;
    const channel = await model.createConfirmChannel();
    let failure: unknown;
    channel.on('error', (error) => (failure = error));
    channel.on('close', () => this.#closed(channel, failure));
    channel.on('drain', () => {
      this.#isBlocked = false;
      this.#send();
    });
    channel.on('return', (message) => this.#returned.push(message));
    this.#channel = channel;
    this.#isBlocked = false;
    this.#send();
  }

  lost(): void {
    this.#model = undefined;
    this.#channel = undefined;
    this.#failAll(() => new NotConnected());
  }

  /** @throws MessageRefused @throws MessageNotTaken @throws NotConnected */
  async publish({ address, payload, headers }: OutboundMessage): Promise<PublishOutcome> {
    const place = parseExchangeAddress(address);
    if (typeof place === 'string') throw new MessageRefused(address, `its address ${place}`);
    if (this.#model === undefined) throw new NotConnected();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ address, ...place, content: Buffer.from(payload), headers, resolve, reject });
      this.#send();
    });
  }

  #send(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    while (this.#unconfirmed.size < this.window && !this.#isBlocked) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const { exchange, routingKey, content, headers } = next;
      this.#unconfirmed.set(next, true);
      this.#isBlocked = !channel.publish(exchange, routingKey, content, publishOptions(headers), (error: unknown) => {
        this.#confirmed(next, error !== null && error !== undefined);
      });
    }
  }

  /** A message that no queue takes is returned before it is confirmed. */
  #confirmed(waiting: Waiting, isNack: boolean): void {
    if (!this.#unconfirmed.delete(waiting)) return;
    const returned = this.#returned.findIndex(
      ({ fields, content }) => fields.routingKey === waiting.routingKey && content.equals(waiting.content),
    );
    if (returned >= 0) this.#returned.splice(returned, 1);
    if (isNack) waiting.reject(notTaken());
    else waiting.resolve(returned >= 0 ? RETURNED : PUBLISHED);
    this.#send();
  }

  /** The broker ends the channel for one message that is wrong, and tells why, but not for which. */
  #closed(channel: ConfirmChannel, failure: unknown): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    const code = replyCode(failure);
    const text = failure instanceof Error ? failure.message : '';
    const isFinal = code === NOT_FOUND || code === ACCESS_REFUSED;
    const left = [...this.#unconfirmed.keys()];
    this.#unconfirmed.clear();
    this.#returned.length = 0;
    for (const { address, exchange, reject } of left) {
      const isIt = isFinal && text.includes(`'${exchange}'`);
      reject(isIt ? new MessageRefused(address, `the broker says: ${text}`) : new NotConnected());
    }
    const model = this.#model;
    if (model !== undefined) this.open(model).catch(() => this.#failAll(() => new NotConnected()));
  }

  #failAll(errorOf: () => Error): void {
    const left = [...this.#unconfirmed.keys(), ...this.#waiting.splice(0)];
    this.#unconfirmed.clear();
    this.#returned.length = 0;
    for (const { reject } of left) reject(errorOf());
  }
}
