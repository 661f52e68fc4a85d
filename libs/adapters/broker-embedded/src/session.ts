import { PassingMap } from '@gemel/model/collections';
import type { AedesPublishPacket, Subscription } from 'aedes';

import type { Journal, KeptDelivery } from './journal.js';
import { keptMessage, outgoingOf } from './kept-packets.js';
import type { Outgoing } from './outgoing.js';

export interface QueueLimits {
  /** Unconfirmed messages kept for one session. */
  readonly queuedMessages: number;
  /** Payload bytes of those. */
  readonly queuedBytes: number;
  /** Payload bytes of those of all sessions together. */
  readonly allQueuedBytes: number;
}

/** What the queues of all sessions hold. */
export interface QueueTotal {
  messages: number;
  /** Of payload. */
  bytes: number;
}

/** What is kept for one client while it is away: subscriptions, unconfirmed messages, QoS 2 ids. */
export class Session {
  readonly subscriptions = new Map<string, Subscription>();
  /** Ids of QoS 2 messages that were taken and not yet released by their sender. */
  readonly incoming = new Set<number>();
  /** By the broker's message counter, oldest first. */
  readonly #outgoing = new PassingMap<number, Outgoing>();
  readonly #counters = new PassingMap<number, number>();
  #queuedBytes = 0;

  constructor(
    readonly clientId: string,
    readonly owner: string | undefined,
    private readonly journal: Journal,
    private readonly total: QueueTotal,
  ) {}

  get outgoing(): readonly Outgoing[] {
    return [...this.#outgoing.values()];
  }

  /** It is no more, and holds nothing. */
  end(): void {
    this.total.messages -= this.#outgoing.size;
    this.total.bytes -= this.#queuedBytes;
  }

  /** Before all others; `counter` is below those that the broker gives. */
  restore(delivery: KeptDelivery, counter: number): void {
    const outgoing = outgoingOf(delivery, counter);
    this.#outgoing.set(counter, outgoing);
    if (outgoing.messageId !== undefined) this.#counters.set(outgoing.messageId, counter);
    this.#hold(1, payloadBytes(outgoing));
  }

  /** False when there is no room for it. */
  enqueue(packet: AedesPublishPacket, number: number, limits: QueueLimits): boolean {
    const size = packet.payload.length;
    if (this.#outgoing.size >= limits.queuedMessages || this.#queuedBytes + size > limits.queuedBytes) return false;
    if (this.total.bytes + size > limits.allQueuedBytes) return false;
    // A copy: the payload is a slice of a whole network read, and the id differs between clients.
    const payload = Buffer.from(packet.payload);
    this.#outgoing.set(packet.brokerCounter, { ...packet, payload, messageId: undefined, number });
    this.#hold(1, size);
    this.journal.note({
      kind: 'queued',
      clientId: this.clientId,
      number,
      message: keptMessage({ ...packet, payload }),
    });
    return true;
  }

  /** Notes the id under which a queued message was sent, or puts a QoS 2 release in its place. False when there is none. */
  sent(packet: Outgoing): boolean {
    const { messageId, brokerCounter } = packet;
    if (messageId === undefined) return false;
    const queued = brokerCounter === undefined ? undefined : this.#outgoing.get(brokerCounter);
    if (queued !== undefined && brokerCounter !== undefined) {
      queued.messageId = messageId;
      this.#counters.set(messageId, brokerCounter);
      // Only at QoS 2 must it be sent again under the same id.
      if (queued.qos === 2) this.#noteSent(queued, messageId);
      return true;
    }
    const counter = this.#counters.get(messageId);
    if (counter === undefined) return false;
    const before = this.#outgoing.get(counter);
    this.#hold(0, -payloadBytes(before));
    this.#outgoing.set(counter, { cmd: packet.cmd, messageId, number: before?.number ?? 0 });
    if (before !== undefined) this.#noteSent(before, messageId, true);
    return true;
  }

  /** What was queued under the id; undefined when nothing was. */
  delivered(messageId: number | undefined): Outgoing | undefined {
    const counter = messageId === undefined ? undefined : this.#counters.get(messageId);
    if (messageId === undefined || counter === undefined) return undefined;
    const queued = this.#outgoing.get(counter);
    this.#outgoing.delete(counter);
    this.#counters.delete(messageId);
    this.#hold(-1, -payloadBytes(queued));
    if (queued?.number !== undefined) {
      this.journal.note({ kind: 'delivered', clientId: this.clientId, number: queued.number });
    }
    return queued;
  }

  #hold(messages: number, bytes: number): void {
    this.#queuedBytes += bytes;
    this.total.messages += messages;
    this.total.bytes += bytes;
  }

  #noteSent({ number }: Outgoing, messageId: number, isReleased = false): void {
    if (number !== undefined)
      this.journal.note({ kind: 'sent', clientId: this.clientId, number, messageId, isReleased });
  }
}

function payloadBytes(packet: Outgoing | undefined): number {
  return packet?.payload?.length ?? 0;
}
