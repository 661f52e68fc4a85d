import { DIVERTED_FROM } from '@gemel/model/connections';
import type { Connection, Target } from '@gemel/model/connections';
import { parseEnvelope } from '@gemel/model/protocol';
import { outgoingMessages } from '../ingest/index.js';
import type { LiveTargetCounters, PayloadMappers } from '../ingest/index.js';
import type { Clock, Logger, OutboundMessage, PublishOutcome, Subscription } from '../ports/index.js';
import type { DiversionExchange, DivertedAnswer } from './diversion-exchange.js';

export interface DiversionOutletParts {
  readonly diversions: Pick<DiversionExchange, 'accept'>;
  readonly mappers: PayloadMappers;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether it is this client that publishes them. */
  isMine(): boolean;
  publish(target: Target, message: OutboundMessage): Promise<PublishOutcome>;
}

/** Publishes what other connections divert to this one: the answers to the messages of their first source at its first target, and so on. */
export class DiversionOutlet implements Subscription {
  readonly #counts = { published: 0, filtered: 0, refused: 0 };
  readonly #underWay = new Set<Promise<void>>();
  readonly #accepting: { close(): void } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly parts: DiversionOutletParts,
  ) {
    if (!connection.diversion.isTarget) return;
    this.#accepting = parts.diversions.accept(connection.id, (answer) => this.#take(answer));
  }

  /** Resolves when what is under way has gone out. */
  async stop(): Promise<void> {
    this.#accepting?.close();
    await Promise.all(this.#underWay);
  }

  counters(): LiveTargetCounters {
    return { ...this.#counts };
  }

  #take(answer: DivertedAnswer): void {
    if (!this.parts.isMine()) return;
    const { diversion, targets } = this.connection;
    const target = targets[answer.source];
    if (!diversion.authorizedSources.includes(answer.from)) {
      this.#drop(answer, 'its specificConfig authorized-connections-as-sources does not name the connection');
    } else if (target === undefined) {
      this.#drop(answer, `it has no target for source ${String(answer.source)}`);
    } else {
      const publishing = this.#publish(target, answer).finally(() => this.#underWay.delete(publishing));
      this.#underWay.add(publishing);
    }
  }

  async #publish(target: Target, answer: DivertedAnswer): Promise<void> {
    const { mappers, clock } = this.parts;
    try {
      const { topic, headers: own, path, value } = parseEnvelope(answer.json);
      const headers = { ...answer.headers, ...own, [DIVERTED_FROM]: answer.from };
      const json = { ...answer.json, headers: { ...own, [DIVERTED_FROM]: answer.from } };
      const entityId = `${topic.namespace}:${topic.name}`;
      const context = { topic, headers, path, value, entityId, connectionId: this.connection.id, now: clock.now() };
      const outgoing = outgoingMessages(target, { topic, json }, context, mappers);
      if (outgoing === undefined) this.#drop(answer, 'the address does not resolve');
      for (const { message } of outgoing?.failures ?? []) this.#drop(answer, message);
      for (const message of outgoing?.messages ?? []) {
        await this.parts.publish(target, message);
        this.#counts.published++;
      }
    } catch (error) {
      this.#drop(answer, error instanceof Error ? error.message : String(error));
    }
  }

  #drop({ from }: DivertedAnswer, reason: string): void {
    this.#counts.refused++;
    this.parts.log.warn({ from, reason }, 'dropped an answer that another connection has diverted to this one');
  }
}
