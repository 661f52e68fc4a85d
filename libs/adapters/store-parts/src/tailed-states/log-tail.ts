import type { Position } from '@gemel/application/ports';
import type { GemelEvent } from '@gemel/model/signals';
import { entityKey, revisionOfKey } from './entity-keys.js';
import { laterInNode } from './later.js';
import type { Later } from './later.js';
import { SeenPositions } from './seen-positions.js';

export interface TailLimits {
  /** Commits read at once. */
  readonly page: number;
  /** Events; whoever has not looked for longer begins anew instead of reading all of them. */
  readonly mostMissed: number;
  /** Events in the tail from which on it is asked for how many of them the states are written. */
  readonly worthAsking: number;
  readonly askedEveryMs: number;
  /** Who has not looked for so long begins anew, too: what it missed may have been thinned out meanwhile. */
  readonly longestMs: number;
}

const LIMITS: TailLimits = {
  page: 1_000,
  mostMissed: 20_000,
  worthAsking: 2_000,
  askedEveryMs: 1_000,
  longestMs: 60_000,
};
const NOT_STARTED = -1;
/** As measured in Node 20. */
const BYTES_OF_EVENT = 30;
const BYTES_OF_ENTITY = 320;

/** A commit without its events. */
export interface TailCommit {
  /** Position of its last event. */
  readonly _id: Position;
  /** Position of its first event. */
  readonly first: Position;
  /** Entity and revision of each event, and what else is unique over all commits. */
  readonly keys: readonly string[];
}

/** The log as those ask for it who want to know its tail. */
export interface TailedCommits {
  /** Commits after a position, gaps or not, without those named; the first `limit` of them. @throws StoreUnavailable */
  tail(position: Position, except: readonly Position[], limit: number): Promise<readonly TailCommit[]>;

  /** All events of the commits with these `_id`s. @throws StoreUnavailable */
  eventsIn(commits: readonly Position[]): Promise<readonly GemelEvent[]>;
}

/** What happened to an entity in the tail of the log. */
interface Entry {
  /** The last one. */
  revision: number;
  /** By revision, the `_id` of its commit. */
  readonly commits: Map<number, Position>;
}

export interface LogTailParts {
  readonly commits: TailedCommits;
  /** Up to where the states of all commits are written. */
  readonly written: () => Promise<Position>;
  /** The tail forgets entities, by their keys: what is in memory of them must be at least at these revisions, or go. */
  readonly forget: (revisions: ReadonlyMap<string, number> | 'all') => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** @default the timers of Node */
  readonly later?: Later;
  readonly limits?: TailLimits | undefined;
}

/**
 * What the log has for which states may not be written yet: the last revision of each entity, and in which commits it
 * changed. A state is its document, or what is in memory, and the events of the tail.
 */
export class LogTail {
  /** By entity and revision keys without their revision. */
  readonly #entries = new Map<string, Entry>();
  readonly #seen = new SeenPositions();
  #floor: Position = NOT_STARTED;
  #size = 0;
  #lookedAt = 0;
  #askedAt = 0;
  #underWay: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  readonly #limits: TailLimits;

  constructor(private readonly parts: LogTailParts) {
    this.#limits = parts.limits ?? LIMITS;
  }

  /** Up to here documents of states are not behind the log, and nothing is known of single entities. It only grows. */
  get floor(): Position {
    return this.#floor;
  }

  /** Events in it. */
  get size(): number {
    return this.#size;
  }

  /** What it takes in memory, roughly. */
  get bytes(): number {
    return this.#size * BYTES_OF_EVENT + this.#entries.size * BYTES_OF_ENTITY;
  }

  /** Everything up to here was seen, and nothing will come there any more. */
  get seenTo(): Position {
    return this.#seen.end;
  }

  /** Whether it was looked at lately, and little was committed here behind what is not known yet. */
  isFresh({ ms, ranges }: { readonly ms: number; readonly ranges: number }): boolean {
    return this.#floor !== NOT_STARTED && this.parts.now() - this.#lookedAt <= ms && this.#seen.ranges <= ranges;
  }

  /** Resolves when everything that was committed before the call, by whomever, has been seen. @throws StoreUnavailable */
  catchUp(): Promise<void> {
    this.#next ??= this.#begin(this.#underWay);
    return this.#next;
  }

  /** The commit is in the log. */
  saw({ _id, first, keys }: TailCommit): void {
    if (this.#floor === NOT_STARTED) return;
    this.#seen.saw(first, _id);
    if (_id <= this.#floor) return;
    for (const key of keys) {
      const { entity, revision } = revisionOfKey(key) ?? { entity: '', revision: 0 };
      if (entity !== '') this.#note(entity, revision, _id);
    }
  }

  /** The states of everything up to the position are written. */
  isWritten(position: Position): void {
    this.#askedAt = this.parts.now();
    // What was not seen yet may have happened to what is in memory.
    this.parts.forget(this.#drop(Math.min(position, this.#seen.end)));
  }

  /** The last revision of an entity, by its key; 0 when nothing happened to it of late. */
  revisionOf(key: string): number {
    return this.#entries.get(key)?.revision ?? 0;
  }

  /** Keys of the entities to which something happened. */
  get keys(): Iterable<string> {
    return this.#entries.keys();
  }

  /**
   * What happened to entities after a revision of each, in order.
   * @throws StoreUnavailable
   */
  async eventsAfter(revisions: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, readonly GemelEvent[]>> {
    const commits = new Set<Position>();
    for (const [key, after] of revisions) {
      for (const [revision, at] of this.#entries.get(key)?.commits ?? []) if (revision > after) commits.add(at);
    }
    const events = new Map<string, GemelEvent[]>();
    for (const event of await this.parts.commits.eventsIn([...commits])) {
      const key = entityKey(event);
      const after = revisions.get(key);
      if (after === undefined || event.revision <= after) continue;
      events.set(key, [...(events.get(key) ?? []), event]);
    }
    for (const ofEntity of events.values()) ofEntity.sort((a, b) => a.revision - b.revision);
    return events;
  }

  async #begin(before: Promise<void> | undefined): Promise<void> {
    // Whoever asks in this turn, or while the last question is under way, shares the next one.
    await (before?.catch(() => undefined) ?? this.#nextTurn());
    const asking = this.#ask();
    this.#underWay = asking;
    this.#next = undefined;
    try {
      await asking;
    } finally {
      if (this.#underWay === asking) this.#underWay = undefined;
    }
  }

  #nextTurn(): Promise<void> {
    const { later = laterInNode } = this.parts;
    return new Promise((resolve) => {
      later(0, resolve);
    });
  }

  async #ask(): Promise<void> {
    const { page, mostMissed, worthAsking, askedEveryMs, longestMs } = this.#limits;
    const lookedAt = this.parts.now();
    if (this.#floor === NOT_STARTED || lookedAt - this.#lookedAt > longestMs) this.#beginAt(await this.#written());
    for (let isFull = true; isFull;) {
      const commits = await this.parts.commits.tail(this.#seen.end, this.#seen.beyond, page);
      for (const commit of commits) this.saw(commit);
      isFull = commits.length === page;
      if (!isFull) continue;
      const written = await this.#written();
      if (written - this.#seen.end > mostMissed) this.#beginAt(written);
    }
    this.#lookedAt = lookedAt;
    const isTimely = this.parts.now() - this.#askedAt >= askedEveryMs;
    if (this.#size >= worthAsking && isTimely) this.isWritten(await this.#written());
  }

  #written(): Promise<Position> {
    this.#askedAt = this.parts.now();
    return this.parts.written();
  }

  /** Passes over what is written already. */
  #beginAt(written: Position): void {
    if (this.#floor !== NOT_STARTED && written <= this.#seen.end) return;
    this.#seen.skip(written);
    this.#drop(written);
    this.parts.forget('all');
  }

  #note(key: string, revision: number, at: Position): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { revision, commits: new Map([[revision, at]]) });
    } else if (!entry.commits.has(revision)) {
      entry.commits.set(revision, at);
      entry.revision = Math.max(entry.revision, revision);
    } else return;
    this.#size += 1;
  }

  /**
   * Raises the floor; answers up to which revision of each entity nothing is known any more: what is in memory of it at an
   * earlier one can no longer be taken along, also where something has happened since.
   */
  #drop(floor: Position): ReadonlyMap<string, number> {
    const dropped = new Map<string, number>();
    if (floor <= this.#floor) return dropped;
    this.#floor = floor;
    for (const [key, { commits }] of this.#entries) {
      let last = 0;
      for (const [revision, at] of commits) {
        if (at > floor) continue;
        commits.delete(revision);
        this.#size -= 1;
        last = Math.max(last, revision);
      }
      if (last > 0) dropped.set(key, last);
      if (commits.size === 0) this.#entries.delete(key);
    }
    return dropped;
  }
}
