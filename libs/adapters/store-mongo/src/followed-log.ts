import type { EventLog, Position, RecordedEvent } from '@gemel/application/ports';
import type { OwnCommits } from './own-commits.js';

/** Events kept for whoever reads them next, in number. */
const KEPT = 12_000;

export interface FollowedLogParts {
  readonly log: Pick<EventLog, 'read' | 'end'>;
  readonly own: Pick<OwnCommits, 'after' | 'has'>;
}

interface Question {
  readonly limit: number;
  readonly answer: Promise<readonly RecordedEvent[]>;
}

/**
 * The log for those who may look at a state only when it is at least at the event's revision. What one of them has read
 * the others get from memory, and those who wait at the same place ask once: who joins a question that was asked before
 * a commit sees it at the store's next pulse. What this process has committed itself comes from memory, too, unless others
 * commit in between: its own would come in as many pieces as there are commits, and a question brings all of them at once.
 */
export class FollowedLog implements Pick<EventLog, 'read' | 'end'> {
  /** The last that were read, without a gap; `from` is the position before the first of them. */
  #kept: { readonly from: Position; readonly events: readonly RecordedEvent[] } = { from: 0, events: [] };
  readonly #underWay = new Map<Position, Question>();
  #mostWanted = 0;
  /** Whether what was read last has commits of others. */
  #isShared = false;

  constructor(private readonly parts: FollowedLogParts) {}

  async read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const { own } = this.parts;
    return (
      (this.#isShared ? undefined : own.after(position, limit)) ??
      this.#keptAfter(position, limit) ??
      this.#ask(position, limit)
    );
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
    const question = { limit, answer: this.#answer(position, limit) };
    this.#underWay.set(position, question);
    return question;
  }

  async #answer(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    try {
      const events = await this.parts.log.read(position, limit);
      this.#isShared = events.some((recorded) => !this.parts.own.has(recorded.position));
      this.#keep(position, events);
      return events;
    } finally {
      this.#underWay.delete(position);
    }
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
