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
  /** Messages that may be with us at a time, for each link. */
  readonly credit: number;
  /** Links, which compete. */
  readonly links: number;
  readonly redeliveryPauseMs: number;
  /** A message could be handled. */
  readonly onSuccess: () => void;
}

/** A drain that is not answered by then is not worth waiting for. */
const DRAIN_MS = 2_000;

/** What comes on one address, over all sessions. */
export class Inlet {
  readonly #intake: OrderedIntake<Received>;
  /** By each, the credit that was used up and is not given again; empty without a session. */
  #owed = new Map<Receiver, number>();
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
        this.#owe(delivery.link, 1);
      },
      giveBack: (takeAll) => this.#giveBack(takeAll),
      keyOf: ({ key }) => key,
      bytesOf: ({ payload }) => payload.length,
      load: parts.load,
    });
  }

  /** Attaches the links; rejects when the other side does not let us. */
  async open(connection: RheaConnection, onError: (failure: AmqpFailure) => void): Promise<void> {
    const links = Array.from({ length: this.parts.links }, (_, index) => this.#attach(connection, index, onError));
    const receivers = await Promise.all(links);
    this.#owed = new Map(receivers.map((receiver) => [receiver, 0]));
    for (const receiver of receivers) receiver.add_credit(this.parts.credit);
  }

  lost(): void {
    this.#owed = new Map();
    this.#intake.lost();
  }

  closing(): void {
    this.#intake.closing();
  }

  async #attach(connection: RheaConnection, index: number, onError: (failure: AmqpFailure) => void): Promise<Receiver> {
    const { address, source } = this.addressed;
    const receiver = connection.open_receiver({
      name: index === 0 ? `gemel ${address}` : `gemel ${address} ${String(index)}`,
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
    return receiver;
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
  #owe(link: unknown, messages: number): void {
    const { load, credit } = this.parts;
    for (const [receiver, before] of this.#owed) {
      const owed = receiver === link ? before + messages : before;
      const isDue = !this.#isHeld && !load.isFull && owed >= Math.max(1, Math.floor(credit / 4));
      this.#owed.set(receiver, isDue ? 0 : owed);
      if (isDue) receiver.add_credit(owed);
    }
    if (this.#isHeld || !load.isFull) return;
    this.#isHeld = true;
    void load.room().then(() => {
      this.#isHeld = false;
      this.#owe(undefined, 0);
    });
  }

  /** Stops what comes, gives all back from the last to the first, so that they lie in their order again, and goes on. */
  async #giveBack(takeAll: () => readonly Received[]): Promise<void> {
    const links = this.#owed;
    if (links.size === 0) return;
    await Promise.all([...links.keys()].map(drain));
    const [rejected, ...others] = takeAll();
    for (const { delivery } of others.toReversed()) delivery.release();
    rejected?.delivery.modified({ delivery_failed: true, undeliverable_here: false });
    await delay(this.parts.redeliveryPauseMs);
    if (links !== this.#owed) return;
    for (const receiver of links.keys()) {
      links.set(receiver, 0);
      receiver.add_credit(this.parts.credit);
    }
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
