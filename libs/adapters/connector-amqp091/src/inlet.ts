import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { InboundHandler } from '@gemel/application/ports';
import { OrderedIntake } from '@gemel/connector-parts';
import type { AddressedSource, Load } from '@gemel/connector-parts';
import { consumersAt } from '@gemel/model/connections';
import type { Channel, ConsumeMessage } from 'amqplib';

import { headersOf } from './properties.js';

export interface InletParts {
  readonly handler: InboundHandler;
  readonly load: Load;
  readonly redeliveryPauseMs: number;
  /** A message could be handled. */
  readonly onSuccess: () => void;
}

/** A channel while it is ours. */
interface Consuming {
  readonly channel: Channel;
  consumerTags: readonly string[];
}

/** What comes from one queue, over all sessions. */
export class Inlet {
  readonly #intake: OrderedIntake<ConsumeMessage>;
  readonly #keys = new WeakMap<ConsumeMessage, string>();
  #consuming: Consuming | undefined;
  #onGone: () => void = () => undefined;

  constructor(
    private readonly addressed: AddressedSource,
    private readonly parts: InletParts,
  ) {
    this.#intake = new OrderedIntake<ConsumeMessage>({
      handle: (message) => this.#handle(message),
      confirm: (message, verdict) => {
        if (verdict === 'accepted') this.#consuming?.channel.ack(message);
        else this.#consuming?.channel.nack(message, false, false);
      },
      giveBack: (takeAll) => this.#giveBack(takeAll),
      keyOf: (message) => this.#keyOf(message),
      bytesOf: ({ content }) => content.length,
      load: parts.load,
    });
  }

  get consumers(): number {
    const { address, source } = this.addressed;
    return consumersAt('amqp-091', source, address);
  }

  /** @param onGone the queue was deleted */
  async open(channel: Channel, onGone: () => void): Promise<void> {
    this.#onGone = onGone;
    const consuming: Consuming = { channel, consumerTags: [] };
    this.#consuming = consuming;
    await this.#consume(consuming);
  }

  lost(): void {
    this.#consuming = undefined;
    this.#intake.lost();
  }

  closing(): void {
    this.#intake.closing();
  }

  async #consume(consuming: Consuming): Promise<void> {
    const { address } = this.addressed;
    // On one channel, so that what goes to one of them does not overtake what goes to another.
    const consumers = Array.from({ length: this.consumers }, () =>
      consuming.channel.consume(address, (message) => {
        if (message === null) this.#onGone();
        else this.#intake.take(message, message.fields.redelivered);
      }),
    );
    consuming.consumerTags = (await Promise.all(consumers)).map(({ consumerTag }) => consumerTag);
  }

  async #handle(message: ConsumeMessage): Promise<void> {
    const { address, source, index } = this.addressed;
    const { handler, onSuccess } = this.parts;
    const headers = headersOf(message);
    try {
      await handler({ address, payload: message.content, subjects: source.subjects, headers, source: index });
      onSuccess();
    } catch (error) {
      // At most once: it is gone whatever becomes of it.
      if (source.qos > 0) throw error;
    }
  }

  /** Stops what comes, gives all back to the queue, which puts it where it was, and goes on. */
  async #giveBack(takeAll: () => readonly ConsumeMessage[]): Promise<void> {
    const consuming = this.#consuming;
    if (consuming === undefined) return;
    const { channel, consumerTags } = consuming;
    try {
      await Promise.all(consumerTags.map((consumerTag) => channel.cancel(consumerTag)));
      for (const message of takeAll()) channel.nack(message, false, true);
      await delay(this.parts.redeliveryPauseMs);
      if (consuming === this.#consuming) void this.#consume(consuming).catch(() => undefined);
    } catch {
      // The channel has ended, which gives everything back.
    }
  }

  /** Tells a message from others when it comes again: its tag is another one then. */
  #keyOf(message: ConsumeMessage): string {
    const { content, fields, properties } = message;
    const known = this.#keys.get(message);
    if (known !== undefined) return known;
    const ids = JSON.stringify([fields.exchange, fields.routingKey, properties.messageId, properties.correlationId]);
    const key = `${ids} ${createHash('sha256').update(content).digest('base64')}`;
    this.#keys.set(message, key);
    return key;
  }
}
