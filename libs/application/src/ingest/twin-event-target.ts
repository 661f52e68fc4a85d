import { OPENTWINS_EXTRA_FIELDS } from '@gemel/model/connections';
import { parseFieldSelector } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { DEFAULT_MAPPING } from '@gemel/model/mapping';
import { parseTemplate } from '@gemel/model/placeholders';
import type { SubjectId } from '@gemel/model/policies';
import type { ThingEvent } from '@gemel/model/signals';
import type { EventFeed, Logger, OutboundPublisher, Subscription } from '../ports/index.js';
import { TwinEventMessages } from './twin-event-messages.js';
import type { TwinEventView } from './twin-event-messages.js';

export interface TwinEventTargetConfig {
  /** Address with placeholders; an event for which it does not resolve is dropped. */
  readonly address: string;
  readonly qos: 0 | 1 | 2;
  /** Events, and what of them, these may READ are published. */
  readonly subjects: readonly SubjectId[];
  /** Field selector of the thing's members that go along as `extra`. */
  readonly extraFields: string;
  /** Most events that wait for the transport; further ones are dropped. */
  readonly queue: number;
}

/** The target of an OpenTwins installation. */
export const OPENTWINS_TARGET: Omit<TwinEventTargetConfig, 'subjects'> = {
  address: 'opentwins/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:namespace }}/{{ thing:name }}',
  qos: 1,
  extraFields: OPENTWINS_EXTRA_FIELDS,
  queue: 10_000,
};

/** Since the start. */
export interface TwinEventTargetCounters {
  readonly published: number;
  /** The subjects may not READ anything of it, or the address does not resolve. */
  readonly filtered: number;
  /** The queue was full. */
  readonly dropped: number;
  /** The transport refused it. */
  readonly failed: number;
  /** Now. */
  readonly waiting: number;
}

export interface TwinEventSources extends TwinEventView {
  readonly feed: EventFeed;
}

/** Publishes committed events of things as Ditto Protocol messages, in commit order, at most once. */
export class TwinEventTarget {
  readonly #messages: TwinEventMessages;
  readonly #waiting: ThingEvent[] = [];
  readonly #counts = { published: 0, filtered: 0, dropped: 0, failed: 0 };
  readonly #logged = new Set<string>();
  #subscription: Subscription | undefined;
  #working: Promise<void> | undefined;

  /** @throws GemelError a template or selector in the configuration is wrong */
  constructor(
    private readonly config: TwinEventTargetConfig,
    private readonly sources: TwinEventSources,
    private readonly publisher: OutboundPublisher,
    private readonly log: Logger,
  ) {
    const { address, qos, subjects, extraFields } = config;
    const topic = {
      signals: 'twin-events' as const,
      namespaces: undefined,
      filter: undefined,
      extraFields: parseFieldSelector(extraFields),
    };
    this.#messages = new TwinEventMessages(
      {
        address: parseTemplate(address),
        topics: [topic],
        qos,
        subjects,
        headerMapping: undefined,
        payloadMapping: DEFAULT_MAPPING,
        issuedAck: undefined,
      },
      sources,
    );
  }

  start(): void {
    this.#subscription ??= this.sources.feed.watch(({ event }) => {
      if (event.entity === 'thing' && this.publisher.hasReceivers()) this.#take(event);
    });
  }

  /** Resolves when what was waiting is published. */
  async stop(): Promise<void> {
    await this.#subscription?.stop();
    this.#subscription = undefined;
    await this.#working;
  }

  counters(): TwinEventTargetCounters {
    return { ...this.#counts, waiting: this.#waiting.length };
  }

  #take(event: ThingEvent): void {
    if (this.#waiting.length >= this.config.queue) {
      this.#counts.dropped++;
      this.#warnOnce('queue', { queue: this.config.queue }, 'dropped twin events: the target does not keep up');
      return;
    }
    this.#waiting.push(event);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // Out of the commit's call stack; what one commit brought is then taken in one go.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      for (const event of this.#waiting.splice(0)) await this.#publish(event);
    }
    this.#working = undefined;
  }

  async #publish(event: ThingEvent): Promise<void> {
    try {
      const outgoing = await this.#messages.messages(event);
      if (outgoing === 'unresolved') this.#warnUnresolved(event);
      if (typeof outgoing === 'string') {
        this.#counts.filtered++;
        return;
      }
      for (const message of outgoing.messages) {
        await this.publisher.publish(message);
        this.#counts.published++;
      }
    } catch (error) {
      this.#counts.failed++;
      const reason = error instanceof Error ? error.message : String(error);
      this.#warnOnce(reason, { reason, thingId: event.id }, 'could not publish a twin event');
    }
  }

  #warnUnresolved({ id: thingId }: ThingEvent): void {
    const { address } = this.config;
    this.#warnOnce('address', { address, thingId }, 'dropped a twin event: the address does not resolve');
  }

  #warnOnce(key: string, fields: JsonObject, message: string): void {
    if (this.#logged.has(key) || this.#logged.size >= 100) return;
    this.#logged.add(key);
    this.log.warn({ target: this.config.address, ...fields }, message);
  }
}
