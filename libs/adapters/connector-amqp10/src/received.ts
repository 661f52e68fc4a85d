import { createHash } from 'node:crypto';

import type { Delivery, Message } from 'rhea';

import { payloadOf } from './message-codec.js';

/** One delivery of a message. */
export class Received {
  readonly payload: Uint8Array;
  #key: string | undefined;

  constructor(
    readonly message: Message,
    readonly delivery: Delivery,
  ) {
    this.payload = payloadOf(message);
  }

  /** What the other side says [AMQP 1.0, 3.2.1]: Artemis counts no deliveries of connections that broke. */
  get comesAgain(): true | 'perhaps' {
    const { delivery_count: count, first_acquirer: isFirst } = this.message;
    return (typeof count === 'number' && count > 0) || isFirst === false ? true : 'perhaps';
  }

  /** Tells it from others: deliveries have no names that last. */
  get key(): string {
    const id: unknown = this.message.message_id ?? this.message.correlation_id;
    return (this.#key ??= `${String(id)} ${createHash('sha256').update(this.payload).digest('base64')}`);
  }
}
