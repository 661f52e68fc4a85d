import type { EventBus, RecordedEvent } from '@gemel/application/ports';
import kafkajs from 'kafkajs';
import type { Producer } from 'kafkajs';
import { createProducer } from './clients.js';
import { Closings } from './closings.js';
import type { KafkaCounts } from './counters.js';
import { KafkaUnavailable, withDeadline } from './deadline.js';
import { toMessages } from './event-codec.js';
import type { EventMessage } from './event-codec.js';
import type { KafkaOptions } from './kafka-options.js';
import { requestsOf } from './requests.js';
import type { TopicGate } from './topic-gate.js';

const REQUEST_MESSAGES = 5_000;
/** Of several events in one message. */
const MESSAGE_BYTES = 100_000;
/** For one request and all attempts at it. */
const REQUEST_MS = 10_000;

/**
 * Publishes to one topic; what is called together goes out one after the other. Each request must be on all replicas in
 * sync. A rejection, after 10 s at most, discards the producer: the next call starts with a new one, whatever became
 * of the old one's id and numbers.
 */
export class KafkaBus implements EventBus {
  #last: Promise<unknown> = Promise.resolve();
  #producer: { readonly client: Producer; readonly connected: Promise<void> } | undefined;
  #hasFailed = false;
  readonly #closings = new Closings();
  /** Partitions that messages of the request under way belong to. */
  readonly #partitions = new Set<number>();

  constructor(
    private readonly options: KafkaOptions,
    private readonly gate: TopicGate,
    private readonly counts: KafkaCounts,
  ) {}

  /** @throws KafkaUnavailable try the same events again, later */
  publish(events: readonly RecordedEvent[]): Promise<void> {
    const publishing = this.#last.then(() => this.#publish(events));
    this.#last = publishing.catch(() => undefined);
    return publishing;
  }

  async close(): Promise<void> {
    await this.#last;
    this.#discard(Promise.resolve());
    await this.#closings.settled();
  }

  async #publish(events: readonly RecordedEvent[]): Promise<void> {
    const plan = this.gate.check();
    const bytes = plan.maxMessageBytes / 2;
    await this.#attempt(this.#connected(), events);
    const messages = toMessages(events, {
      partitions: this.gate.partitions,
      bytes: Math.min(MESSAGE_BYTES, bytes / 3),
    });
    for (const request of requestsOf(messages, { messages: REQUEST_MESSAGES, bytes })) {
      await this.#attempt(this.#send(request), events);
      this.counts.count(
        'published',
        request.reduce((sum, { count }) => sum + count, 0),
      );
    }
  }

  /** @throws KafkaUnavailable and the producer is not used again */
  async #attempt(work: Promise<void>, events: readonly RecordedEvent[]): Promise<void> {
    try {
      await withDeadline(work, REQUEST_MS, 'publishing events');
    } catch (error) {
      this.#discard(work);
      this.#hasFailed = true;
      this.counts.count('publishFailures');
      throw this.#refusal(error, events);
    }
  }

  #connected(): Promise<void> {
    return (this.#producer ??= this.#connect()).connected;
  }

  async #send(messages: readonly EventMessage[]): Promise<void> {
    const producer = (this.#producer ??= this.#connect());
    await producer.connected;
    this.#partitions.clear();
    const results = await producer.client.send({
      topic: this.options.topic,
      messages: [...messages],
      acks: -1,
      timeout: REQUEST_MS / 2,
      compression: this.options.compression === 'gzip' ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None,
    });
    // kafkajs forgets partitions that moved, between two attempts, to a broker that had answered the first already.
    const confirmed = new Set(results.map(({ partition }) => partition));
    const forgotten = [...this.#partitions].filter((partition) => !confirmed.has(partition));
    if (forgotten.length > 0) throw new KafkaUnavailable(`partitions ${forgotten.join(', ')} did not confirm`);
  }

  #connect(): { client: Producer; connected: Promise<void> } {
    const client = createProducer(this.options, (partition, of) => {
      this.#partitions.add(partition);
      this.gate.saw(of);
    });
    if (!this.#hasFailed) return { client, connected: client.connect() };
    this.counts.count('reconnects');
    return { client, connected: this.gate.again().then(() => client.connect()) };
  }

  #discard(sending: Promise<void>): void {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer !== undefined) this.#closings.add(() => producer.client.disconnect(), sending);
  }

  #refusal(cause: unknown, events: readonly RecordedEvent[]): KafkaUnavailable {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof Error && typeIn(cause) === 'MESSAGE_TOO_LARGE') {
      const { topic, log } = this.options;
      log.error(
        { topic, from: events[0]?.position, to: events.at(-1)?.position },
        'an event is too large for the topic and holds up those behind it: raise its max.message.bytes',
      );
    }
    return new KafkaUnavailable(`Kafka did not take ${events.length} events: ${reason}`, { cause });
  }
}

function typeIn(error: Error): unknown {
  if ('type' in error) return error.type;
  return error.cause instanceof Error ? typeIn(error.cause) : undefined;
}
