import type { Admin } from 'kafkajs';
import { kafkaClient } from './clients.js';
import { Closings } from './closings.js';
import { withDeadline } from './deadline.js';
import type { KafkaOptions } from './kafka-options.js';

/** One connection for questions; made when first asked, and anew after a failure. */
export class AdminConnection {
  #admin: { readonly client: Admin; readonly connected: Promise<void> } | undefined;
  readonly #closings = new Closings();

  constructor(private readonly options: KafkaOptions) {}

  /** @throws KafkaUnavailable no answer in time, and what kafkajs throws */
  async ask<T>(question: (admin: Admin) => Promise<T>, deadlineMs: number): Promise<T> {
    const admin = (this.#admin ??= this.#connect());
    const asking = admin.connected.then(() => question(admin.client));
    try {
      return await withDeadline(asking, deadlineMs, 'an answer of Kafka');
    } catch (error) {
      if (this.#admin === admin) this.#admin = undefined;
      this.#closings.add(() => admin.client.disconnect(), asking);
      throw error;
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    if (admin !== undefined) this.#closings.add(() => admin.client.disconnect(), admin.connected);
    await this.#closings.settled();
  }

  #connect(): { client: Admin; connected: Promise<void> } {
    const client = kafkaClient(this.options).admin();
    return { client, connected: client.connect() };
  }
}
