import type { JsonValue } from '@gemel/model/json';
import type { GemelEvent } from '@gemel/model/signals';
import type { Position } from './event-log.js';
import type { BaseState } from './log-retention.js';

/** A state's document as it is stored, whatever it holds. */
export interface StoredState {
  readonly revision: number;
  readonly created: number;
  readonly modified: number;
  readonly deleted: boolean;
  /** The thing with its metadata, or the policy; undefined when it is no JSON. */
  readonly content: JsonValue | undefined;
}

/** What an entity is found by, besides its id: named places and what each holds. */
export type StoredPlaces = ReadonlyMap<string, JsonValue>;

/** What is stored of an entity beside the log, all of one moment. */
export interface StoredEntity {
  readonly id: string;
  readonly state: StoredState;
  readonly places: StoredPlaces;
}

export interface StoredLogFault {
  readonly position: Position;
  readonly detail: string;
  /** Mends what is wrong beside the log; absent where the log itself is wrong. @throws StoreUnavailable */
  readonly mend?: () => Promise<void>;
}

/** A part of the log as it is stored. */
export interface StoredLogPage {
  readonly events: readonly {
    readonly position: Position;
    readonly entity: GemelEvent['entity'];
    readonly id: string;
  }[];
  /** What can be told without looking at anything else: positions taken twice or by nobody, events under keys of others or found by none. */
  readonly faults: readonly StoredLogFault[];
  /** Where to go on; undefined at the end. */
  readonly next: Position | undefined;
}

/**
 * The documents beside the log, for who holds them against it: nothing here comes from memory or is taken along by the
 * log. Everything is read while others write.
 */
export interface StoredDocuments {
  /** Up to here documents and places are not behind the log. @throws StoreUnavailable */
  written(): Promise<Position>;

  /** Ids of those that have documents, in one order, behind `after`. @throws StoreUnavailable */
  ids(entity: GemelEvent['entity'], after: string, limit: number): Promise<readonly string[]>;

  /**
   * Those that have documents, by id; without those that were written while they were looked at.
   * @param ids one, or several that follow each other in the order of `ids`
   * @throws StoreUnavailable
   */
  look(entity: GemelEvent['entity'], ids: readonly string[]): Promise<ReadonlyMap<string, StoredEntity>>;

  /** Those that have none. @throws StoreUnavailable */
  missing(entity: GemelEvent['entity'], ids: readonly string[]): Promise<readonly string[]>;

  /** What the places hold for a state. */
  placesOf(base: BaseState): StoredPlaces;

  /** @throws StoreUnavailable */
  logPage(after: Position, limit: number): Promise<StoredLogPage>;

  /**
   * Writes document and places of a state that the log leads to, in the place of what is there at that revision `over`, or of
   * nothing (0); does nothing when another revision is there by now.
   * @throws StoreUnavailable
   */
  rewrite(base: BaseState, over: number): Promise<void>;
}
