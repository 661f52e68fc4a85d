import type { GemelEvent } from '@gemel/model/signals';
import type { BaseState, Clock, EventLog, LogRetention, Meter, Position } from '../ports/index.js';
import type { PastStates } from './past-states.js';

/** Events that one step looks at, and removes at most. */
const STEP = 500;
/** Younger ones always stay: writers that decided on an old state are found out by the keys of newer events. */
const YOUNGEST_MS = 600_000;

/** What of one kind of entity is removed; both may be. */
export interface RetentionRule {
  readonly entity: GemelEvent['entity'];
  /** Events older than this, in milliseconds; none for their age when absent. */
  readonly olderThanMs?: number | undefined;
  /** All but the last so many of an entity; none for their number when absent. */
  readonly beyond?: number | undefined;
}

export interface LogThinnerParts {
  readonly log: Pick<EventLog, 'read' | 'end' | 'history'>;
  readonly retention: LogRetention;
  readonly past: PastStates;
  readonly clock: Clock;
  /** Up to where everybody who must see every event has seen them. */
  readonly consumed: () => Promise<Position>;
}

/** A walk through the log, oldest events first, that removes what is old enough when it comes by. */
interface Sweep {
  readonly entity: GemelEvent['entity'];
  readonly minAgeMs: number;
  /** Of an entity, behind the event that the walk has come to. */
  readonly keep: number;
  /** After a restart the walk begins again: what it removed is not there to be looked at. */
  at: Position;
}

/**
 * Removes old events from the log, never one that a reader has yet to see, and keeps a state that the rest builds on. A
 * step is short, so that writes hardly wait for it.
 */
export class LogThinner {
  readonly #sweeps: readonly Sweep[];
  readonly #removed = new Map<GemelEvent['entity'], number>();

  constructor(
    private readonly parts: LogThinnerParts,
    rules: readonly RetentionRule[],
  ) {
    this.#sweeps = rules.flatMap(({ entity, olderThanMs, beyond }) => [
      ...(olderThanMs === undefined ? [] : [{ entity, minAgeMs: Math.max(olderThanMs, YOUNGEST_MS), keep: 0, at: 0 }]),
      ...(beyond === undefined ? [] : [{ entity, minAgeMs: YOUNGEST_MS, keep: beyond, at: 0 }]),
    ]);
  }

  /** Answers whether there is more to do now. @throws StoreUnavailable */
  async step(): Promise<boolean> {
    if (this.#sweeps.length === 0) return false;
    const [consumed, end] = [await this.parts.consumed(), await this.parts.log.end()];
    let isMore = false;
    for (const sweep of this.#sweeps) {
      if (await this.#advance(sweep, Math.min(consumed, end - 1))) isMore = true;
    }
    return isMore;
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_log_events_removed_total',
        help: 'Events that were removed from the log because they were older, or more, than is to be kept.',
        kind: 'counter',
        labels: ['entity'],
        read: () => [...this.#removed].map(([entity, value]) => ({ labels: { entity }, value })),
      },
    ];
  }

  /** Removes of one entity's past what the rules let go, or, when nothing of it is to be kept, all that is old enough. */
  async thin(entity: GemelEvent['entity'], id: string, keeps: 'rules' | 'nothing'): Promise<void> {
    const own = this.#sweeps.filter((sweep) => sweep.entity === entity);
    const cuts = keeps === 'rules' ? own : [{ minAgeMs: YOUNGEST_MS, keep: 0 }];
    if (cuts.length === 0) return;
    const upTo = Math.min(await this.parts.consumed(), (await this.parts.log.end()) - 1);
    const events = await this.parts.log.history(entity, id, { from: 1, to: Number.MAX_SAFE_INTEGER });
    for (const { minAgeMs, keep } of cuts) {
      const youngest = this.parts.clock.now() - minAgeMs;
      const last = events.findLast(({ position, event }) => position <= upTo && event.timestamp < youngest);
      const base = last && (await this.#baseOf(last.event, last.event.revision - keep));
      if (base !== undefined) this.#count(entity, await this.parts.retention.forget([base]));
    }
  }

  /** As far as events are old enough. */
  async #advance(sweep: Sweep, upTo: Position): Promise<boolean> {
    const { entity, minAgeMs, keep } = sweep;
    const youngest = this.parts.clock.now() - minAgeMs;
    const found = await this.parts.log.read(sweep.at, STEP);
    const cuts = new Map<string, GemelEvent>();
    let seen = 0;
    for (const { position, event } of found) {
      if (position > upTo) break;
      if (event.entity === entity) {
        if (event.timestamp >= youngest) break;
        cuts.set(event.id, event);
      }
      sweep.at = position;
      seen += 1;
    }
    const bases = await Promise.all([...cuts.values()].map((event) => this.#baseOf(event, event.revision - keep)));
    const removed = await this.parts.retention.forget(bases.filter((base) => base !== undefined));
    this.#count(entity, removed);
    return seen === STEP;
  }

  #count(entity: GemelEvent['entity'], removed: number): void {
    this.#removed.set(entity, (this.#removed.get(entity) ?? 0) + removed);
  }

  /** The state at the revision; undefined when there is nothing before it to remove. */
  async #baseOf({ entity, id }: GemelEvent, revision: number): Promise<BaseState | undefined> {
    if (revision < 1) return undefined;
    if (entity === 'thing') {
      const found = await this.parts.past.thing(id, { revision }, revision);
      return found && { entity, id, state: found.state };
    }
    const found = await this.parts.past.policy(id, { revision }, revision);
    return found && { entity, id, state: found.state };
  }
}
