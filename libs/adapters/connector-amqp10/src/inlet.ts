import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import type { InboundHandler } from '@gemel/application/ports';
import { OrderedIntake, within } from '@gemel/connector-parts';
import type { AddressedSource, Load } from '@gemel/connector-parts';
import type { Connection as RheaConnection, EventContext, Receiver } from 'rhea';

import { terminusOf } from './addresses.js';
import { AmqpFailure, parseFailure } from './faults.js';
import { headersOf } from './message-codec.js';
import { Received } from './received.js';

export interface InletParts {
  readonly handler: InboundHandler;
  readonly load: Load;
  /** Messages that may be with us at a time. */
  readonly credit: number;
  readonly redeliveryPauseMs: number;
  /** A message could be handled. */
  readonly onSuccess: () => void;
}

/** A drain that is not answered by then is not worth waiting for. */
const DRAIN_MS = 2_000;

/** What comes on one address, over all sessions. */
export class Inlet {
  readonly #intake: OrderedIntake<Received>;
  #receiver: Receiver | undefined;
  /** Credit that was used up and is not given again. */
  #owed = 0;
  #isHeld = false;

  constructor(
    private readonly addressed: AddressedSource,
    private readonly parts: InletParts,
  ) {
    this.#intake = new OrderedIntake<Received>({
      handle: (received) => this.#handle(received),
      confirm: ({ delivery }, verdict) => {
        if (verdict === 'accepted') delivery.accept();
        else delivery.reject({ condition: 'amqp:precondition-failed', description: 'it can never be applied' });
        this.#owe(1);
      },
      giveBack: (takeAll) => this.#giveBack(takeAll),
      keyOf: ({ key }) => key,
      bytesOf: ({ payload }) => payload.length,
      load: parts.load,
    });
  }

  /** Attaches a link; rejects when the other side does not let us. */
  async open(connection: RheaConnection, onError: (failure: AmqpFailure) => void): Promise<void> {
    const { address, source } = this.addressed;
    const receiver = connection.open_receiver({
      name: `gemel ${address}`,
      source: terminusOf(address),
      credit_window: 0,
      autoaccept: false,
      snd_settle_mode: source.qos === 0 ? 1 : 0,
    });
    receiver.on('message', (context: EventContext) => this.#take(context));
    const failed = (): AmqpFailure =>
      parseFailure(receiver.error ?? new AmqpFailure('', `the link from '${address}' was closed`));
    receiver.on('receiver_error', () => onError(failed()));
    receiver.on('receiver_close', () => onError(failed()));
    await once(receiver, 'receiver_open');
    // A refusal opens the link, without a source, and closes it [AMQP 1.0, 2.6.3].
    await new Promise((resolve) => setImmediate(resolve));
    if (receiver.error !== undefined || receiver.is_closed()) throw failed();
    this.#receiver = receiver;
    this.#owed = 0;
    receiver.add_credit(this.parts.credit);
  }

  lost(): void {
    this.#receiver = undefined;
    this.#intake.lost();
  }

  closing(): void {
    this.#intake.closing();
  }

  #take({ message, delivery }: EventContext): void {
    if (message === undefined || delivery === undefined) return;
    const received = new Received(message, delivery);
    this.#intake.take(received, received.comesAgain);
  }

  async #handle(received: Received): Promise<void> {
    const { address, source, index } = this.addressed;
    const { message, payload } = received;
    const { handler, onSuccess } = this.parts;
    try {
      await handler({ address, payload, subjects: source.subjects, headers: headersOf(message), source: index });
      onSuccess();
    } catch (error) {
      // At most once: it is gone whatever becomes of it.
      if (source.qos > 0) throw error;
    }
  }

  /** Gives credit again, in portions, and only while there is room. */
  #owe(messages: number): void {
    this.#owed += messages;
    const { load, credit } = this.parts;
    if (this.#isHeld || this.#owed < Math.max(1, Math.floor(credit / 4))) return;
    if (!load.isFull) {
      this.#receiver?.add_credit(this.#owed);
      this.#owed = 0;
      return;
    }
    this.#isHeld = true;
    void load.room().then(() => {
      this.#isHeld = false;
      this.#owe(0);
    });
  }

  /** Stops what comes, gives all back from the last to the first, so that they lie in their order again, and goes on. */
  async #giveBack(takeAll: () => readonly Received[]): Promise<void> {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    await drain(receiver);
    const [rejected, ...others] = takeAll();
    for (const { delivery } of others.toReversed()) delivery.release();
    rejected?.delivery.modified({ delivery_failed: true, undeliverable_here: false });
    await delay(this.parts.redeliveryPauseMs);
    if (receiver !== this.#receiver) return;
    this.#owed = 0;
    receiver.add_credit(this.parts.credit);
  }
}

/** Until nothing more comes. */
async function drain(receiver: Receiver): Promise<void> {
  const drained = once(receiver, 'receiver_drained');
  receiver.drain_credit();
  await within(drained, DRAIN_MS, 'draining').catch(() => undefined);
  // rhea would ask to drain with each credit that is given from now on.
  Object.assign(receiver, { drain: false });
}
