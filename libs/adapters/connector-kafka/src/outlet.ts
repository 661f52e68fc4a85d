import { MessageRefused } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { NotConnected } from '@gemel/connector-parts';
import { parseKafkaAddress } from '@gemel/model/connections';
import type { Message, Producer, RecordMetadata, TopicMessages } from 'kafkajs';

import { finalReason, isUnknownTopic } from './faults.js';
import { outgoingHeaders } from './kafka-headers.js';

/** Of one request to Kafka. */
const MOST_AT_ONCE = 1_000;
const MOST_BYTES = 900_000;

interface Waiting {
  readonly address: string;
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
  readonly resolve: (outcome: PublishOutcome) => void;
  readonly reject: (error: unknown) => void;
}

export interface OutletParts {
  /** Whether outcomes tell where the message has come to lie. */
  readonly debugEnabled: boolean;
  /** Kafka could not be reached. */
  readonly onFailure: () => void;
  readonly hasTopic: (topic: string) => Promise<boolean>;
  /** The producer is of no use any more. */
  readonly renew: () => void;
}

/** Publishes in the order of the calls: one request at a time, with all that has come meanwhile. */
export class Outlet {
  readonly #waiting: Waiting[] = [];
  #producer: Producer | undefined;
  #isSending = false;

  constructor(private readonly parts: OutletParts) {}

  opened(producer: Producer): void {
    this.#producer = producer;
  }

  lost(): void {
    this.#producer = undefined;
    for (const { reject } of this.#waiting.splice(0)) reject(new NotConnected());
  }

  /** Rejects with MessageRefused or NotConnected. */
  publish({ address, payload, headers }: OutboundMessage): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      const place = parseKafkaAddress(address);
      if (typeof place === 'string') reject(new MessageRefused(address, `its address ${place}`));
      else if (this.#producer === undefined) reject(new NotConnected());
      else {
        const { topic, key = null, partition } = place;
        const message: Message = { key, value: valueOf(payload), headers: outgoingHeaders(headers) };
        if (partition !== undefined) message.partition = partition;
        this.#waiting.push({ address, topic, message, bytes: Buffer.byteLength(payload), resolve, reject });
        if (!this.#isSending) void this.#sendAll();
      }
    });
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    // What one turn brings goes in one request.
    await new Promise((resolve) => setImmediate(resolve));
    for (let next = this.#next(); next.length > 0; next = this.#next()) await this.#send(next);
    this.#isSending = false;
  }

  #next(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes;
      if (count > 0 && (bytes > MOST_BYTES || count >= MOST_AT_ONCE || this.parts.debugEnabled)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const producer = this.#producer;
    try {
      if (producer === undefined) throw new NotConnected();
      const metadata = await producer.sendBatch({ acks: -1, topicMessages: byTopic(batch) });
      for (const each of batch) each.resolve(this.#outcome(each, metadata[0]));
    } catch (error) {
      await this.#failed(batch, error);
    }
  }

  async #failed(batch: readonly Waiting[], error: unknown): Promise<void> {
    const [first, ...others] = batch;
    const reason = finalReason(error);
    if (reason === undefined) {
      this.parts.onFailure();
      for (const { reject } of batch) reject(error);
    } else if (others.length > 0) {
      // One of them is it: the others shall not suffer.
      for (const each of batch) await this.#send([each]);
    } else if (first !== undefined) {
      // A producer of kafkajs fails for good when any topic that it has sent to is deleted.
      const isPoisoned = await this.parts.hasTopic(first.topic).catch(() => true);
      if (isUnknownTopic(error) && isPoisoned) {
        this.parts.renew();
        first.reject(error);
      } else first.reject(new MessageRefused(first.address, reason));
    }
  }

  #outcome({ message, bytes }: Waiting, metadata: RecordMetadata | undefined): PublishOutcome {
    if (!this.parts.debugEnabled || metadata === undefined) return { status: 204 };
    const { topicName: topic, partition, baseOffset, timestamp } = metadata;
    const record = {
      ...(timestamp === undefined || timestamp === '-1' ? undefined : { timestamp: Number(timestamp) }),
      serializedKeySize: message.key === null || message.key === undefined ? -1 : Buffer.byteLength(message.key),
      serializedValueSize: bytes,
      topic,
      partition,
      ...(baseOffset === undefined ? undefined : { offset: Number(baseOffset) }),
    };
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      payload: Buffer.from(JSON.stringify(record)),
    };
  }
}

/** A text stays one: the client writes it into its request itself. */
function valueOf(payload: OutboundMessage['payload']): string | Buffer {
  return typeof payload === 'string' ? payload : Buffer.from(payload);
}

function byTopic(batch: readonly Waiting[]): TopicMessages[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of batch) {
    const messages = topics.get(topic);
    if (messages === undefined) topics.set(topic, [message]);
    else messages.push(message);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
