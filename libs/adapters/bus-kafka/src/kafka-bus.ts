import type { EventBus, RecordedEvent } from '@gemel/application/ports';
import kafkajs from 'kafkajs';
import type { Producer } from 'kafkajs';
import { createProducer } from './clients.js';
import type { KafkaCounts } from './counters.js';
import { KafkaUnavailable, withDeadline } from './deadline.js';
import { toMessage } from './event-codec.js';
import type { EventMessage } from './event-codec.js';
import type { KafkaOptions } from './kafka-options.js';
import { requestsOf } from './requests.js';
import type { TopicGate } from './topic-gate.js';

const REQUEST_MESSAGES = 5_000;
/** For one request and all attempts at it. */
const REQUEST_MS = 10_000;
const CLOSE_MS = 3_000;

/**
 * Publishes to one topic; what is called together goes out one after the other. Each request must be on all replicas in
 * sync. A rejection, after 10 s at most, discards the producer: the next call starts with a new one, whatever became
 * of the old one's id and numbers.
 */
export class KafkaBus implements EventBus {
  #last: Promise<unknown> = Promise.resolve();
  #producer: Promise<Producer> | undefined;
  #hasFailed = false;
  readonly #closing = new Set<Promise<void>>();
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
    this.#discard();
    await Promise.all(this.#closing);
  }

  async #publish(events: readonly RecordedEvent[]): Promise<void> {
    const plan = this.gate.check();
    const limits = { messages: REQUEST_MESSAGES, bytes: plan.maxMessageBytes / 2 };
    for (const request of requestsOf(events.map(toMessage), limits)) {
      try {
        await withDeadline(this.#send(request), REQUEST_MS, 'publishing events');
        this.counts.count('published', request.length);
      } catch (error) {
        this.#discard();
        this.#hasFailed = true;
        this.counts.count('publishFailures');
        throw this.#refusal(error, request);
      }
    }
  }

  async #send(messages: readonly EventMessage[]): Promise<void> {
    const producer = await (this.#producer ??= this.#connect());
    this.#partitions.clear();
    const results = await producer.send({
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

  async #connect(): Promise<Producer> {
    if (this.#hasFailed) this.counts.count('reconnects');
    const producer = createProducer(this.options, (partition) => this.#partitions.add(partition));
    await producer.connect();
    return producer;
  }

  #discard(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer === undefined) return;
    const closing: Promise<void> = withDeadline(
      producer.then((opened) => opened.disconnect()),
      CLOSE_MS,
      'closing a producer',
    )
      // It never opened, or is closed by force when the process ends.
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #refusal(cause: unknown, request: readonly EventMessage[]): KafkaUnavailable {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof Error && typeIn(cause) === 'MESSAGE_TOO_LARGE') {
      const { topic, log } = this.options;
      const [first] = request;
      const fields = { topic, key: first?.key, bytes: first?.value.length };
      log.error(
        fields,
        'an event is too large for the topic and holds up those behind it: raise its max.message.bytes',
      );
    }
    return new KafkaUnavailable(`Kafka did not take ${request.length} events: ${reason}`, { cause });
  }
}

function typeIn(error: Error): unknown {
  if ('type' in error) return error.type;
  return error.cause instanceof Error ? typeIn(error.cause) : undefined;
}
