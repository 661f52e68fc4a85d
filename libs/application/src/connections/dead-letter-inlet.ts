import type { Connection } from '@gemel/model/connections';
import type { DeadLetterExchange, LetterOutcome } from '../pipelines/index.js';
import type { LiveTargetCounters } from '../ingest/index.js';
import { MessageRefused } from '../ports/index.js';
import type { Logger, OutboundMessage, OutboundPublisher, Subscription } from '../ports/index.js';

export interface DeadLetterInletParts {
  readonly deadLetters: Pick<DeadLetterExchange, 'accept'>;
  readonly publisher: Pick<OutboundPublisher, 'publish'>;
  readonly log: Logger;
  /** Whether it is this client that publishes them. */
  isMine(): boolean;
}

/** Publishes the dead letters that other connections put to this one, when it names them in `authorized-connections-as-sources`. */
export class DeadLetterInlet implements Subscription {
  readonly #counts = { published: 0, filtered: 0, refused: 0 };
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #accepting: { close(): void } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly parts: DeadLetterInletParts,
  ) {
    if (connection.diversion.authorizedSources.length === 0) return;
    this.#accepting = parts.deadLetters.accept(connection.id, (from, letter) => {
      const taking = this.#take(from, letter).finally(() => this.#underWay.delete(taking));
      this.#underWay.add(taking);
      return taking;
    });
  }

  /** Resolves when what is under way has gone out, or has not. */
  async stop(): Promise<void> {
    this.#accepting?.close();
    await Promise.all(this.#underWay);
  }

  counters(): LiveTargetCounters {
    return { ...this.#counts };
  }

  async #take(from: string, letter: OutboundMessage): Promise<LetterOutcome | undefined> {
    if (!this.parts.isMine()) return undefined;
    const { id, diversion } = this.connection;
    if (!diversion.authorizedSources.includes(from)) {
      const refused = `the connection '${id}' does not name '${from}' in its authorized-connections-as-sources`;
      this.#counts.refused++;
      this.parts.log.warn({ from }, 'refused a dead letter of a connection that it does not name');
      return { refused };
    }
    try {
      await this.parts.publisher.publish(letter);
      this.#counts.published++;
      return 'taken';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return error instanceof MessageRefused ? { refused: reason } : { failed: reason };
    }
  }
}
