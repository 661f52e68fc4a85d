import type { Admin } from 'kafkajs';
import { kafkaClient } from './clients.js';
import { withDeadline } from './deadline.js';
import type { KafkaOptions } from './kafka-options.js';

const CLOSE_MS = 3_000;

/** One connection for questions; made when first asked, and anew after a failure. */
export class AdminConnection {
  #admin: Promise<Admin> | undefined;
  readonly #closing = new Set<Promise<void>>();

  constructor(private readonly options: KafkaOptions) {}

  /** @throws KafkaUnavailable no answer in time, and what kafkajs throws */
  async ask<T>(question: (admin: Admin) => Promise<T>, deadlineMs: number): Promise<T> {
    const connecting = (this.#admin ??= this.#connect());
    try {
      return await withDeadline(connecting.then(question), deadlineMs, 'an answer of Kafka');
    } catch (error) {
      if (this.#admin === connecting) this.#discard();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#discard();
    await Promise.all(this.#closing);
  }

  async #connect(): Promise<Admin> {
    const admin = kafkaClient(this.options).admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      // A connection that was refused may have left others open.
      await admin.disconnect();
      throw error;
    }
  }

  #discard(): void {
    const admin = this.#admin;
    this.#admin = undefined;
    if (admin === undefined) return;
    const closing: Promise<void> = withDeadline(
      admin.then((opened) => opened.disconnect()),
      CLOSE_MS,
      'closing a connection',
    )
      // It never opened, or is closed by force when the process ends.
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
