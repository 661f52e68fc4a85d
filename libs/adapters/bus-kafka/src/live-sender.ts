import type { LiveFrame } from '@gemel/application/ports';
import type { Producer } from 'kafkajs';
import { createProducer } from './clients.js';
import { Closings } from './closings.js';
import { BackOff, withDeadline } from './deadline.js';
import type { KafkaOptions } from './kafka-options.js';
import { toLiveMessage } from './live-codec.js';
import type { LiveMessage } from './live-codec.js';
import type { TopicGate } from './topic-gate.js';

/** Bytes of frames that may wait while a request is under way. */
const MOST_BYTES = 16 * 1_048_576;
const REQUEST_MESSAGES = 1_000;
const REQUEST_MS = 5_000;

/** Since Kafka was opened. */
export interface LiveSent {
  readonly sent: number;
  /** Nobody else has heard them: Kafka was away, or too slow. */
  readonly lost: number;
}

/** Sends frames to other processes; what comes while a request is under way goes out together with the next one. */
export class LiveSender {
  readonly #closings = new Closings();
  readonly #backOff = new BackOff();
  readonly #counts = { sent: 0, lost: 0 };
  #waiting: LiveMessage[] = [];
  #bytes = 0;
  #sending: Promise<void> | undefined;
  #producer: { readonly client: Producer; readonly connected: Promise<void> } | undefined;
  /** Until then nothing is tried: what would be sent is lost. */
  #pausedUntil = 0;
  #isTroubled = false;
  #hasFailed = false;

  constructor(
    private readonly options: KafkaOptions,
    private readonly gate: TopicGate,
    private readonly process: string,
  ) {}

  add(frame: LiveFrame): void {
    const message = toLiveMessage(frame, this.process);
    if (!this.gate.isOpen || this.#bytes > MOST_BYTES || performance.now() < this.#pausedUntil) {
      this.#lose(1, 'Kafka is away or too slow');
      return;
    }
    this.#waiting.push(message);
    this.#bytes += message.value.length;
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
  }

  counters(): LiveSent {
    return { ...this.#counts };
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#sending;
    this.#discard(Promise.resolve());
    await this.#closings.settled();
  }

  async #send(): Promise<void> {
    // Out of the caller's stack; what one turn brings goes out together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const messages = this.#waiting.splice(0, REQUEST_MESSAGES);
      for (const { value } of messages) this.#bytes -= value.length;
      const request = this.#request(messages);
      try {
        await withDeadline(request, REQUEST_MS, 'sending live signals');
        this.#counts.sent += messages.length;
        this.#recovered();
      } catch (error) {
        this.#discard(request);
        this.#hasFailed = true;
        this.#pausedUntil = performance.now() + this.#backOff.next();
        this.#lose(messages.length + this.#waiting.length, error instanceof Error ? error.message : String(error));
        this.#waiting = [];
        this.#bytes = 0;
      }
    }
  }

  async #request(messages: readonly LiveMessage[]): Promise<void> {
    const producer = (this.#producer ??= this.#connect());
    await producer.connected;
    const { topic } = this.options;
    await producer.client.send({ topic, messages: messages.map((message) => ({ ...message })), acks: -1 });
  }

  #connect(): { client: Producer; connected: Promise<void> } {
    const client = createProducer(this.options, () => undefined);
    // Since something failed the topic may be gone, or another one.
    const ready = this.#hasFailed ? this.gate.again() : Promise.resolve();
    this.#hasFailed = false;
    return { client, connected: ready.then(() => client.connect()) };
  }

  #discard(last: Promise<void>): void {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer !== undefined) this.#closings.add(() => producer.client.disconnect(), last);
  }

  #lose(count: number, reason: string): void {
    this.#counts.lost += count;
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.options.log.warn({ topic: this.options.topic, reason }, 'live signals do not reach other processes');
  }

  #recovered(): void {
    this.#backOff.reset();
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.options.log.info({ topic: this.options.topic }, 'live signals reach other processes again');
  }
}
