import type { Connection, Target } from '@gemel/model/connections';
import { formatEnvelope } from '@gemel/model/protocol';
import type { Topic } from '@gemel/model/protocol';
import { formatInstant } from '@gemel/model/time';
import { outgoingMessages } from '../ingest/index.js';
import type { PayloadMappers } from '../ingest/index.js';
import type { Clock, Logger, OutboundPublisher } from '../ports/index.js';

export interface AnnouncementParts {
  readonly publisher: Pick<OutboundPublisher, 'publish'>;
  readonly mappers: PayloadMappers;
  readonly clock: Clock;
  readonly log: Logger;
}

const MEMBERS = { opened: 'openedAt', closed: 'closedAt' } as const;

/** Tells the targets of a connection that want it that it has opened, and that it closes; at most once. */
export class ConnectionAnnouncements {
  readonly #targets: readonly Target[];
  #isOpen = false;

  constructor(
    private readonly connection: Connection,
    private readonly parts: AnnouncementParts,
  ) {
    this.#targets = connection.targets.filter(({ topics }) =>
      topics.some(({ signals }) => signals === 'connection-announcements'),
    );
  }

  /** Only the first time. */
  async opened(): Promise<void> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    await this.#announce('opened');
  }

  /** Of one that has been open. */
  async closed(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#announce('closed');
  }

  async #announce(announcement: keyof typeof MEMBERS): Promise<void> {
    const { id } = this.connection;
    const topic = { namespace: '_', name: id, group: 'connections', criterion: 'announcements', announcement } as const;
    await Promise.all(this.#targets.map((target) => this.#publish(target, topic)));
  }

  async #publish(target: Target, topic: Topic & { readonly announcement: keyof typeof MEMBERS }): Promise<void> {
    const { publisher, mappers, clock, log } = this.parts;
    const headers = { 'content-type': 'application/json' };
    const value = { [MEMBERS[topic.announcement]]: formatInstant(clock.now()) };
    const json = formatEnvelope({ topic, headers, path: [], value });
    const context = { topic, headers, path: [], value, connectionId: this.connection.id, now: clock.now() };
    try {
      const outgoing = outgoingMessages(target, { topic, json }, context, mappers);
      await Promise.all((outgoing?.messages ?? []).map((message) => publisher.publish(message)));
    } catch (error) {
      log.warn({ target: target.address.text, error }, 'could not announce what a connection does');
    }
  }
}
