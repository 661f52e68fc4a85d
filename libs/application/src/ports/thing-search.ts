import type { Kind } from '@gemel/model/composition';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import type { Criteria } from '@gemel/model/rql';
import type { Thing, ThingState } from '@gemel/model/things';

/** Direction and property pointer text as in RQL, e.g. `thingId`, `attributes/counter`. */
export interface SortKey {
  readonly direction: 'asc' | 'desc';
  readonly property: string;
}

export interface ThingQuery {
  /** Undefined matches everything. */
  readonly criteria?: Criteria | undefined;
  /** Only things that are stored as of this kind, whatever `view` shows of them; undefined means both. */
  readonly kind?: Kind | undefined;
  /** Exact namespaces; undefined means all. */
  readonly namespaces?: readonly string[] | undefined;
  /** What the caller may read of a thing; undefined when nothing. Criteria and sorting see only this. */
  readonly view: (state: ThingState) => Thing | undefined | Promise<Thing | undefined>;
  /** Called now and then, at least after each 100 ms of work; what it throws ends the search. */
  readonly proceed?: (() => void) | undefined;
}

export interface ThingPageQuery extends ThingQuery {
  /** `thingId` ascending is always appended as the last key, which makes the order total. */
  readonly sort: readonly SortKey[];
  /** Sort values of the last row of the page before (one for each key of `sort`, then the thing id); null stands for absent. */
  readonly after?: readonly JsonValue[] | undefined;
  /** Rows to skip; only with the deprecated option `limit(offset,count)`. */
  readonly offset?: number | undefined;
  readonly limit: number;
  /**
   * Whether the caller sees a property of this thing, and of all others with the same policy and namespace, as it is stored;
   * also true when the caller sees nothing of them at all. Without it, or where it is false, no index on what is stored may
   * tell the order: what is hidden must not be found out by it.
   */
  readonly seesWholly?: ((state: ThingState, property: JsonPointer) => boolean | Promise<boolean>) | undefined;
}

export interface ThingMatch {
  readonly state: ThingState;
  /** What `view` gave. */
  readonly thing: Thing;
  /** As `after` wants them. */
  readonly sortValues: readonly JsonValue[];
}

/**
 * Finds things by criteria. Read-your-writes: sees every append whose promise has resolved; deleted things never match.
 * The meaning of criteria is the closure of `@gemel/model/rql`; an index may only pre-select.
 */
export interface ThingSearch {
  /** In the order of `sort`; values order null/absent < numbers < strings < booleans, arrays and objects last. */
  find(query: ThingPageQuery): Promise<readonly ThingMatch[]>;
  count(query: ThingQuery): Promise<number>;
  /** Tells of everything that matches, each once, in no order: for those that look at more things than can be held at once. */
  visit(query: ThingQuery, tell: (found: Pick<ThingMatch, 'state' | 'thing'>) => void): Promise<void>;
}
