import { matchesFilter } from '@gemel/model/connections';
import type { AedesPublishPacket } from 'aedes';

import type { Journal, KeptMessage } from './journal.js';
import { keptMessage, packetOf } from './kept-packets.js';

export interface RetainedLimits {
  readonly retainedMessages: number;
  /** Payload bytes of all retained messages. */
  readonly retainedBytes: number;
}

/** The last message of each topic that asked to be kept, bounded: one more than fits is not kept. */
export class RetainedMessages {
  readonly #messages = new Map<string, AedesPublishPacket>();
  /** The broker's, on topics on which nobody else publishes: a few, and true of this process alone. */
  readonly #own = new Map<string, AedesPublishPacket>();
  #bytes = 0;

  constructor(
    private readonly limits: RetainedLimits,
    private readonly journal: Journal,
  ) {}

  get size(): number {
    return this.#messages.size;
  }

  restore(messages: readonly KeptMessage[]): void {
    for (const message of messages) {
      this.#messages.set(message.topic, packetOf(message));
      this.#bytes += message.payload.length;
    }
  }

  storeOwn(message: KeptMessage): void {
    this.#own.set(message.topic, packetOf(message));
  }

  /** Takes the topic's message away when it is empty [MQTT-3.3.1-10]. False when there is no room for it. */
  store(packet: AedesPublishPacket): boolean {
    const { topic } = packet;
    const before = this.#messages.get(topic);
    const size = packet.payload.length;
    const bytes = this.#bytes - (before?.payload.length ?? 0) + size;
    if (size === 0) {
      this.#bytes = bytes;
      if (this.#messages.delete(topic)) this.journal.note({ kind: 'retained-ended', topic });
      return true;
    }
    const isOneMore = before === undefined && this.#messages.size >= this.limits.retainedMessages;
    if (isOneMore || bytes > this.limits.retainedBytes) return false;
    // A copy: the packet's payload is a slice of a whole network read.
    const kept = { ...packet, payload: Buffer.from(packet.payload) };
    this.#messages.set(topic, kept);
    this.#bytes = bytes;
    this.journal.note({ kind: 'retained', message: keptMessage(kept) });
    return true;
  }

  matching(filters: readonly string[]): readonly AedesPublishPacket[] {
    const [filter = ''] = filters;
    const exact = filters.length === 1 && !/[+#]/.test(filter) ? this.#messageOn(filter) : null;
    if (exact !== null) return exact === undefined ? [] : [exact];
    const all = [...this.#messages.values(), ...this.#own.values()];
    return all.filter(({ topic }) => filters.some((filter) => matchesFilter(filter, topic)));
  }

  #messageOn(topic: string): AedesPublishPacket | undefined {
    return this.#messages.get(topic) ?? this.#own.get(topic);
  }
}
