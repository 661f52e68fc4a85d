import type { AdminConnection } from './admin-connection.js';
import { BackOff, KafkaUnavailable, pauseOfNode } from './deadline.js';
import type { KafkaOptions } from './kafka-options.js';
import { prepareTopic } from './prepare-topic.js';
import { TOPIC_PLAN, TopicUnsuitable } from './topic-plan.js';
import type { TopicPlan } from './topic-plan.js';

const PREPARE_MS = 8_000;

/** Closed until the topic is known to be fit: nothing is written to one that would lose it. */
export class TopicGate {
  readonly plan: TopicPlan;
  readonly #stopped = new AbortController();
  #trying: Promise<void> = Promise.resolve();
  #isOpen = false;
  #partitions = 0;
  #fault: unknown;

  constructor(
    private readonly options: KafkaOptions,
    private readonly admin: AdminConnection,
  ) {
    this.plan = { ...TOPIC_PLAN, ...options.settings };
  }

  /**
   * Tries once, for 8 s at most, and goes on in the background when Kafka is away.
   * @throws TopicUnsuitable, and KafkaRefused
   */
  async open(): Promise<void> {
    try {
      await this.#prepare();
    } catch (error) {
      if (isConfiguration(error)) throw error;
      this.options.log.warn({ error, topic: this.options.topic }, 'Kafka is away; goes on trying');
      this.#trying = this.#tryAgain();
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The topic's plan. @throws KafkaUnavailable it is not known yet whether the topic is fit */
  check(): TopicPlan {
    if (this.#isOpen) return this.plan;
    throw new KafkaUnavailable(`Topic '${this.options.topic}' could not be checked yet`, { cause: this.#fault });
  }

  /** Of the topic, as last seen; 0 before the gate was open. */
  get partitions(): number {
    return this.#partitions;
  }

  /** Partitions may be added while everything runs. */
  saw(partitions: number): void {
    this.#partitions = partitions;
  }

  /** Makes or checks the topic once more: since something failed it may be gone, or another one. @throws as `open` */
  again(): Promise<void> {
    return this.#prepare();
  }

  /** Resolves when the topic is fit, or the gate is closed for good. */
  async passed(): Promise<void> {
    await this.#trying;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#trying;
  }

  async #tryAgain(): Promise<void> {
    const { log, topic } = this.options;
    const backOff = new BackOff();
    let reported = '';
    while (!this.#stopped.signal.aborted) {
      await pauseOfNode(backOff.next(), this.#stopped.signal);
      try {
        await this.#prepare();
        log.info({ topic }, 'Kafka is there');
        return;
      } catch (error) {
        if (!isConfiguration(error) || String(error) === reported) continue;
        reported = String(error);
        log.error({ error, topic }, 'Kafka cannot be used as it is configured; events are kept in the log meanwhile');
      }
    }
  }

  async #prepare(): Promise<void> {
    const { topic, log } = this.options;
    try {
      this.#partitions = await this.admin.ask((admin) => prepareTopic(admin, topic, this.plan, log), PREPARE_MS);
      this.#isOpen = true;
    } catch (error) {
      this.#fault = error;
      throw isLogin(error) ? new KafkaRefused(error) : error;
    }
  }
}

/** The brokers do not accept the login. */
export class KafkaRefused extends Error {
  override readonly name = 'KafkaRefused';

  constructor(cause: unknown) {
    super('Kafka refuses the login: check mechanism, user name and password.', { cause });
  }
}

function isConfiguration(error: unknown): boolean {
  return error instanceof TopicUnsuitable || error instanceof KafkaRefused;
}

function isLogin(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'KafkaJSSASLAuthenticationError' || isLogin(error.cause);
}
