import type { ThingQuery } from '@gemel/application/ports';
import type { Criteria } from '@gemel/model/rql';
import type { ThingState } from '@gemel/model/things';
import { entityOfKey, preselection } from '@gemel/store-parts';
import type { Candidates, LogTail, ScanSource, StateReader } from '@gemel/store-parts';
import type { Collections } from './collections.js';
import type { Questions } from './questions.js';
import { thingIdOfPart } from './search-parts.js';
import { filterOf, searchPlanOf } from './search-plan.js';
import type { SearchPlan } from './search-plan.js';

const PORTION = 200;
/** Who looks at many things at once asks less often: each portion is twice the one before, up to this. */
const LARGEST_PORTION = 1_600;
/** Things that changed since the index was made; when more did, all things are looked at. */
const MAX_LAG = 5_000;
/** Rows of the index in one answer: whoever asks for many waits once. */
const ROWS_AT_ONCE = 20_000;
/** Things to look at in order before the index is asked for what is not an equality. */
const IN_ORDER_FIRST = 1_000;

export interface SearchSourceParts {
  readonly collections: Collections;
  readonly questions: Questions;
  readonly tail: Pick<LogTail, 'catchUp' | 'floor' | 'keys'>;
  readonly things: StateReader<ThingState>;
}

/**
 * Candidates from the index, and everything that changed since the position up to which the index was made, which is what the
 * tail of the log holds: so a search is never behind although no write waits for the index.
 */
export class SearchSource implements ScanSource {
  constructor(private readonly parts: SearchSourceParts) {}

  async *withIds(ids: readonly string[]): AsyncIterable<readonly ThingState[]> {
    // Together with what else is read in this turn.
    yield [...(await this.parts.things.readMany(ids.slice(0, PORTION))).values()];
    yield* this.#seen(ids.slice(PORTION));
  }

  /** As of when the tail of the log was looked at last. */
  async *#seen(ids: readonly string[]): AsyncIterable<readonly ThingState[]> {
    let size = PORTION;
    for (let from = 0; from < ids.length;) {
      const portion = ids.slice(from, from + size);
      yield [...(await this.parts.things.readSeen(portion)).values()];
      from += portion.length;
      size = Math.min(2 * size, LARGEST_PORTION);
    }
  }

  all(query: ThingQuery): Candidates {
    const criteria = preselection(query);
    const plan = criteria === undefined ? undefined : searchPlanOf(criteria);
    return plan === undefined ? this.inOrder('') : this.#having(plan);
  }

  async *inOrder(last: string): AsyncIterable<readonly ThingState[]> {
    await this.parts.tail.catchUp();
    for (let after = last; ;) {
      // Before the question: what is forgotten meanwhile has its document by then.
      const inTail = this.#idsInTail();
      const filter = { _id: { $gt: after } };
      const rows = await this.parts.questions.asking(() =>
        this.parts.collections.things
          .find(filter, { projection: { _id: 1 } })
          .sort({ _id: 1 })
          .limit(PORTION)
          .toArray(),
      );
      const stored = rows.map(({ _id }) => _id);
      const end = rows.length < PORTION ? undefined : stored.at(-1);
      const ids = [...new Set([...stored, ...inTail.filter((id) => isBetween(id, after, end))])];
      const states = await this.parts.things.readSeen(ids);
      // In the order of the ids, which the answer need not have.
      yield ids.sort(compareBytes).flatMap((id) => states.get(id) ?? []);
      if (end === undefined) return;
      after = end;
    }
  }

  #idsInTail(): readonly string[] {
    return [...this.parts.tail.keys].flatMap((key) => {
      const { entity, id } = entityOfKey(key);
      return entity === 'thing' ? id : [];
    });
  }

  inOrderAtMost(query: ThingQuery): number {
    const criteria = preselection(query);
    if (criteria === undefined || searchPlanOf(criteria) === undefined) return Infinity;
    return isSelective(criteria) ? 0 : IN_ORDER_FIRST;
  }

  async *#having(plan: SearchPlan): AsyncIterable<readonly ThingState[]> {
    const now = await this.#candidatesNow(plan);
    if (now === undefined) {
      yield* this.inOrder('');
      return;
    }
    const { found, changed } = now;
    yield* this.#seen(changed);
    const known = new Set(changed);
    yield* this.#seen([...found].filter((id) => !known.has(id)));
  }

  /**
   * Candidates that miss nothing but what is in the tail of the log, which is asked for at the same time, and that; undefined
   * when too much is in it.
   */
  async #candidatesNow(
    plan: SearchPlan,
  ): Promise<{ readonly found: ReadonlySet<string>; readonly changed: readonly string[] } | undefined> {
    const { tail } = this.parts;
    let changed = this.#idsInTail();
    while (changed.length <= MAX_LAG) {
      const { floor } = tail;
      const [found] = await Promise.all([this.#candidates(plan), tail.catchUp()]);
      changed = this.#idsInTail();
      // Else the index may have been asked before it had what the tail has forgotten meanwhile.
      if (changed.length <= MAX_LAG && tail.floor === floor) return { found, changed };
    }
    return undefined;
  }

  /** Ids of the things that the plan leads to. */
  async #candidates(plan: SearchPlan): Promise<ReadonlySet<string>> {
    if ('all' in plan) return this.#inAll(plan.all);
    if ('any' in plan) {
      const sets = await Promise.all(plan.any.map((each) => this.#candidates(each)));
      return new Set(sets.flatMap((ids) => [...ids]));
    }
    const rows = await this.parts.questions.asking(() =>
      this.parts.collections.search.find(filterOf(plan), { projection: { _id: 1 }, batchSize: ROWS_AT_ONCE }).toArray(),
    );
    return new Set(rows.map(({ _id }) => thingIdOfPart(_id)));
  }

  async #inAll(plans: readonly SearchPlan[]): Promise<ReadonlySet<string>> {
    let ids: ReadonlySet<string> | undefined;
    for (const plan of plans) {
      // Looking at the few that are left costs less than another question.
      if (ids !== undefined && ids.size <= PORTION) return ids;
      const found = await this.#candidates(plan);
      const before: ReadonlySet<string> = ids ?? found;
      ids = new Set([...before].filter((id) => found.has(id)));
    }
    return ids ?? new Set();
  }
}

/** Whether few things are likely to match. */
function isSelective(criteria: Criteria): boolean {
  switch (criteria.op) {
    case 'eq':
    case 'in':
      return true;
    case 'and':
      return criteria.operands.some(isSelective);
    case 'or':
      return criteria.operands.every(isSelective);
    default:
      return false;
  }
}

function isBetween(id: string, after: string, end: string | undefined): boolean {
  return compareBytes(id, after) > 0 && (end === undefined || compareBytes(id, end) <= 0);
}

/** As the database orders texts. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
