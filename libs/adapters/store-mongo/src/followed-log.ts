import type { EventLog, Position, RecordedEvent } from '@gemel/application/ports';
import type { OwnCommits } from './own-commits.js';

/** Events kept for whoever reads them next, in number. */
const KEPT = 12_000;

export interface FollowedLogParts {
  readonly log: Pick<EventLog, 'read' | 'end'>;
  readonly own: Pick<OwnCommits, 'after'>;
}

interface Question {
  readonly limit: number;
  readonly answer: Promise<readonly RecordedEvent[]>;
}

/**
 * The log for those who may look at a state only when it is at least at the event's revision. What this process has committed
 * itself comes from memory. What one of them has read the others get from memory, too, and those who wait at the same place
 * ask once: who joins a question that was asked before a commit sees it at the store's next pulse.
 */
export class FollowedLog implements Pick<EventLog, 'read' | 'end'> {
  /** The last that were read, without a gap; `from` is the position before the first of them. */
  #kept: { readonly from: Position; readonly events: readonly RecordedEvent[] } = { from: 0, events: [] };
  readonly #underWay = new Map<Position, Question>();
  #mostWanted = 0;

  constructor(private readonly parts: FollowedLogParts) {}

  async read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const known = this.parts.own.after(position, limit) ?? this.#keptAfter(position, limit);
    return known ?? this.#ask(position, limit);
  }

  end(): Promise<Position> {
    return this.parts.log.end();
  }

  get #lastKept(): Position {
    return this.#kept.events.at(-1)?.position ?? this.#kept.from;
  }

  #keptAfter(position: Position, limit: number): readonly RecordedEvent[] | undefined {
    const { from, events } = this.#kept;
    if (position < from || position >= this.#lastKept) return undefined;
    return events.filter((recorded) => recorded.position > position).slice(0, limit);
  }

  async #ask(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    this.#mostWanted = Math.max(this.#mostWanted, limit);
    const asked = this.#underWay.get(position);
    const question = asked !== undefined && asked.limit >= limit ? asked : this.#newQuestion(position, limit);
    return (await question.answer).slice(0, limit);
  }

  /** For what any of those may want who wait at the end; what one of them wants who is behind is not kept. */
  #newQuestion(position: Position, wanted: number): Question {
    const limit = position < this.#lastKept ? wanted : this.#mostWanted;
    const answer = this.#answer(position, limit).finally(() => {
      // A newer one at the same place is still under way.
      if (this.#underWay.get(position) === question) this.#underWay.delete(position);
    });
    const question: Question = { limit, answer };
    this.#underWay.set(position, question);
    return question;
  }

  async #answer(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const events = await this.parts.log.read(position, limit);
    this.#keep(position, events);
    return events;
  }

  #keep(position: Position, events: readonly RecordedEvent[]): void {
    const last = this.#lastKept;
    if (events.length === 0 || position < last) return;
    const { from, events: before } = this.#kept;
    const all = position === last ? [...before, ...events] : events;
    const kept = all.slice(-KEPT);
    const dropped = all[all.length - kept.length - 1];
    this.#kept = { from: dropped?.position ?? (position === last ? from : position), events: kept };
  }
}
