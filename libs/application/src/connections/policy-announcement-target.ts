import type { Target } from '@gemel/model/connections';
import { headerText, parseRequestedAcks } from '@gemel/model/headers';
import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { parseEnvelope } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import type { AckExchange } from '../acks/index.js';
import type { AnnouncementHub } from '../announcements/index.js';
import { outgoingMessages, payloadOf } from '../ingest/index.js';
import type { PayloadMappers } from '../ingest/index.js';
import { MessageNotTaken, MessageRefused } from '../ports/index.js';
import type { Clock, Logger, OutboundMessage, PublishOutcome, Subscription } from '../ports/index.js';

export interface PolicyAnnouncementParts {
  readonly hub: Pick<AnnouncementHub, 'subscribe'>;
  readonly acks: Pick<AckExchange, 'issue'>;
  readonly mappers: PayloadMappers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly connectionId: string;
  /** Whether it publishes what is about a policy. */
  isMine(policyId: string): boolean;
  publish(message: OutboundMessage): Promise<PublishOutcome>;
}

/**
 * Publishes announcements of policies that are about the subjects of one target, at most once: whoever announces tries
 * again what has to be acknowledged and is not (Ditto, "Policies protocol specification", announcements).
 */
export class PolicyAnnouncementTarget implements Subscription {
  readonly #counts = { published: 0, filtered: 0, refused: 0 };
  readonly #underWay = new Set<Promise<void>>();
  readonly #subscription: { close(): void } | undefined;

  constructor(
    private readonly target: Target,
    private readonly parts: PolicyAnnouncementParts,
  ) {
    const topics = target.topics.filter(({ signals }) => signals === 'policy-announcements');
    if (topics.length === 0) return;
    this.#subscription = parts.hub.subscribe({
      subjects: target.subjects,
      name: `target ${target.address.text} of connection ${parts.connectionId}`,
      next: (json) => {
        const envelope = parseEnvelope(json);
        const { namespace, name } = envelope.topic;
        const isWanted = topics.some(({ namespaces }) => namespaces?.includes(namespace) !== false);
        if (isWanted && parts.isMine(`${namespace}:${name}`)) this.#take(envelope, json);
      },
    });
  }

  /** Resolves when what is under way has gone out. */
  async stop(): Promise<void> {
    this.#subscription?.close();
    await Promise.all(this.#underWay);
  }

  counters(): { readonly published: number; readonly filtered: number; readonly refused: number } {
    return { ...this.#counts };
  }

  #take(envelope: Envelope, json: JsonObject): void {
    const { topic, headers, path, value } = envelope;
    const { mappers, clock, connectionId } = this.parts;
    const entityId = `${topic.namespace}:${topic.name}`;
    const context = { topic, headers, path, value, entityId, connectionId, now: clock.now() };
    const outgoing = outgoingMessages(this.target, { topic, json }, context, mappers);
    if (outgoing === undefined) {
      this.#counts.filtered++;
      this.#lose(entityId, 'the address does not resolve');
      return;
    }
    for (const { message } of outgoing.failures) this.#lose(entityId, message);
    for (const message of outgoing.messages) {
      const publishing = this.#publish(message, envelope).finally(() => this.#underWay.delete(publishing));
      this.#underWay.add(publishing);
    }
  }

  async #publish(message: OutboundMessage, envelope: Envelope): Promise<void> {
    try {
      this.#acknowledge(envelope, await this.parts.publish(message));
      this.#counts.published++;
    } catch (error) {
      this.#counts.refused++;
      if (error instanceof MessageNotTaken) this.#acknowledge(envelope, error.outcome);
      if (error instanceof MessageRefused) this.#acknowledge(envelope, { status: error.status });
      this.#lose(`${envelope.topic.namespace}:${envelope.topic.name}`, String(error));
    }
  }

  /** For policies that ask for the label that the target issues. It travels as those of things do: by its correlation id. */
  #acknowledge({ topic: { namespace, name }, headers: given }: Envelope, outcome: PublishOutcome): void {
    const { issuedAck: label } = this.target;
    const correlationId = headerText(given, 'correlation-id');
    const requested = parseRequestedAcks(headerText(given, 'requested-acks')) ?? [];
    if (label === undefined || correlationId === undefined || !requested.includes(label)) return;
    const topic = { namespace, name, group: 'things', channel: 'twin', criterion: 'acks', label } as const;
    const { status } = outcome;
    const value = payloadOf(outcome);
    const headers = { 'correlation-id': correlationId };
    const envelope = { topic, headers, path: [], status, ...(value === undefined ? undefined : { value }) };
    this.parts.acks.issue({ thingId: parseThingId(`${namespace}:${name}`), correlationId, label, status, envelope });
  }

  #lose(policyId: string, reason: string): void {
    this.parts.log.warn({ target: this.target.address.text, policyId, reason }, 'could not publish an announcement');
  }
}
