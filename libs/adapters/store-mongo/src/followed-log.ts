import type { EventLog, Position, RecordedEvent } from '@gemel/application/ports';
import type { OwnCommits } from './own-commits.js';

/** Events kept for whoever reads them next, in number. */
const KEPT = 12_000;

export interface FollowedLogParts {
  readonly log: Pick<EventLog, 'read' | 'end'>;
  readonly own: Pick<OwnCommits, 'after'>;
}

/**
 * The log for those who may look at a state only when it is at least at the event's revision. What this process has committed
 * itself comes from memory. What one of them has read
 * the others get from memory, and those who wait at the same place ask once: who joins a question that was asked before
 * a commit sees it at the store's next pulse.
 */
export class FollowedLog implements Pick<EventLog, 'read' | 'end'> {
  /** The last that were read, without a gap; `from` is the position before the first of them. */
  #kept: { readonly from: Position; readonly events: readonly RecordedEvent[] } = { from: 0, events: [] };
  readonly #underWay = new Map<string, Promise<readonly RecordedEvent[]>>();

  constructor(private readonly parts: FollowedLogParts) {}

  read(position: Position, limit: number): Promise<readonly RecordedEvent[]> {
    const own = this.parts.own.after(position, limit);
    if (own !== undefined) return Promise.resolve(own);
    const { from, events } = this.#kept;
    const last = events.at(-1)?.position ?? from;
    if (position >= from && position < last) {
      return Promise.resolve(events.filter((recorded) => recorded.position > position).slice(0, limit));
    }
    const key = `${String(position)}/${String(limit)}`;
    const reading = this.#underWay.get(key) ?? this.#readFrom(position, limit, key);
    this.#underWay.set(key, reading);
    return reading;
  }

  end(): Promise<Position> {
    return this.parts.log.end();
  }

  async #readFrom(position: Position, limit: number, key: string): Promise<readonly RecordedEvent[]> {
    try {
      const events = await this.parts.log.read(position, limit);
      this.#keep(position, events);
      return events;
    } finally {
      this.#underWay.delete(key);
    }
  }

  #keep(position: Position, events: readonly RecordedEvent[]): void {
    const { from, events: before } = this.#kept;
    const last = before.at(-1)?.position ?? from;
    if (events.length === 0 || position < last) return;
    const all = position === last ? [...before, ...events] : events;
    const kept = all.slice(-KEPT);
    const dropped = all[all.length - kept.length - 1];
    this.#kept = { from: dropped?.position ?? (position === last ? from : position), events: kept };
  }
}
