import { defineError } from '@gemel/model/errors';
import type { GemelError } from '@gemel/model/errors';
import type { PolicyState } from '@gemel/model/policies';
import type { GemelEvent, PolicyEvent, ThingEvent } from '@gemel/model/signals';
import type { ThingState } from '@gemel/model/things';
import type { Premise } from './policy-memory.js';

/** Place in the log, counted from 1 in commit order; 0 is before the first event. Gaps are allowed. */
export type Position = number;

export interface RecordedEvent<Event extends GemelEvent = GemelEvent> {
  readonly position: Position;
  readonly event: Event;
  /** `event` as JSON text, when it is at hand. */
  readonly text?: string;
}

/** An entity's next event and the state it leads to, which is stored with it. */
export type Change = ThingChange | PolicyChange;

export interface ThingChange {
  readonly entity: 'thing';
  readonly event: ThingEvent;
  readonly state: ThingState;
  /** Only of a store that remembers policies. */
  readonly premise?: Premise | undefined;
}

export interface PolicyChange {
  readonly entity: 'policy';
  readonly event: PolicyEvent;
  readonly state: PolicyState;
}

/** What has to hold for the changes to take effect; one for each change that has any. */
export function premisesOf(changes: readonly Change[]): readonly Premise[] {
  return changes.flatMap((change) => (change.entity === 'thing' ? (change.premise ?? []) : []));
}

/**
 * What a commit was decided on besides the entities that it changes, all of it under one name: a commit under a guard
 * takes effect only when no other one under it did since its version was read.
 */
export interface Guard {
  readonly name: string;
  /** As `guardVersion` gave it before anything else was read. */
  readonly version: number;
}

/**
 * The only truth: every event of every thing and policy.
 * An append is the commit: when its promise resolves, the changes survive a crash of process and machine.
 */
export interface EventLog {
  /**
   * Appends all changes or none. Each event's revision must be one above the entity's last (1 for a new id).
   * Appends that arrive together share one disk flush; per entity they take effect in call order.
   * @throws GuardConflict another commit under the guard was first: read its version and decide again; when revisions
   *   conflict as well, either is thrown
   * @throws RevisionConflict another writer was first, or a premise was wrong: reload and decide again
   * @throws StoreUnavailable nothing was written; the same append may be tried again later
   * @throws OutcomeUnknown the way to the store broke: load and decide again
   * @throws CommitTooLarge this store cannot take so much at once
   */
  append(changes: readonly Change[], guard?: Guard): Promise<void>;

  /** As what `append` would refuse the changes; undefined when it would not. Absent where any number fits. */
  tooLarge?(changes: readonly Change[]): GemelError | undefined;

  /**
   * Changes with each commit under the guard; 0 when there was none. What is read afterwards, states and search included,
   * shows all of those commits.
   */
  guardVersion(name: string): Promise<number>;

  /** Committed events after `position` in log order, `limit` at most; empty at the end of the log. */
  read(position: Position, limit: number): Promise<readonly RecordedEvent[]>;

  /** Position of the last committed event, 0 in an empty log. */
  end(): Promise<Position>;

  /** One entity's committed events, `from` and `to` revisions included, in revision order. */
  history(
    entity: GemelEvent['entity'],
    id: string,
    range: { readonly from: number; readonly to: number },
  ): Promise<readonly RecordedEvent[]>;
}

export const RevisionConflict = defineError('gemel:revision.conflict', 409, (id: string) => ({
  message: `'${id}' was changed by another writer at the same time.`,
  description: 'Send the request again.',
}));

export const GuardConflict = defineError('gemel:guard.conflict', 409, (name: string) => ({
  message: `The ${name} was changed by another writer at the same time.`,
  description: 'Send the request again.',
}));

export const StoreUnavailable = defineError('gemel:store.unavailable', 503, (reason: string) => ({
  message: `The store cannot take the request now: ${reason}.`,
  description: 'Nothing was changed. Reads may still work; try again after a short while.',
}));

export const OutcomeUnknown = defineError('gemel:outcome.unknown', 503, () => ({
  message: 'The store did not say in time whether the change was made.',
  description: 'It may have been made or not: retrieve before you send it again, or make the request conditional.',
}));

export const CommitTooLarge = defineError('gemel:commit.toolarge', 413, (length: number, limit: number) => ({
  message: `The changes that belong together have ${length} characters; the store takes ${limit} at once.`,
  description: 'Do it in several steps.',
}));
