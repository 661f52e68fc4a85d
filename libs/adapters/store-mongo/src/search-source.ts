import type { ThingQuery } from '@gemel/application/ports';
import type { Criteria } from '@gemel/model/rql';
import type { ThingState } from '@gemel/model/things';
import type { Candidates, ScanSource } from '@gemel/store-parts';
import type { Collections } from './collections.js';
import type { CommitLog } from './commit-log.js';
import type { Questions } from './questions.js';
import { INDEXER } from './search-indexer.js';
import { thingIdOfPart } from './search-parts.js';
import { filterOf, searchPlanOf } from './search-plan.js';
import type { SearchPlan } from './search-plan.js';
import { thingIdOfKey } from './state-codec.js';
import type { StateReader } from './state-reader.js';

const PORTION = 200;
/** Who looks at many things at once asks less often: each portion is twice the one before, up to this. */
const LARGEST_PORTION = 1_600;
/** Events that the index may lag behind; beyond it all things are looked at. */
const MAX_LAG = 5_000;
/** Things to look at in order before the index is asked for what is not an equality. */
const IN_ORDER_FIRST = 1_000;

export interface SearchSourceParts {
  readonly collections: Collections;
  readonly questions: Questions;
  readonly commits: Pick<CommitLog, 'keysAfter'>;
  readonly things: StateReader<ThingState>;
}

/**
 * Candidates from the index, and everything that changed since the position up to which the index was made: so a search
 * is never behind although no write waits for the index.
 */
export class SearchSource implements ScanSource {
  constructor(private readonly parts: SearchSourceParts) {}

  async *withIds(ids: readonly string[]): AsyncIterable<readonly ThingState[]> {
    let size = PORTION;
    for (let from = 0; from < ids.length;) {
      const portion = ids.slice(from, from + size);
      yield [...(await this.parts.things.readMany(portion)).values()];
      from += portion.length;
      size = Math.min(2 * size, LARGEST_PORTION);
    }
  }

  all({ criteria }: ThingQuery): Candidates {
    const plan = criteria === undefined ? undefined : searchPlanOf(criteria);
    return plan === undefined ? this.inOrder('') : this.#having(plan);
  }

  async *inOrder(last: string): AsyncIterable<readonly ThingState[]> {
    for (let after = last; ;) {
      const filter = { _id: { $gt: after } };
      const rows = await this.parts.questions.asking(() =>
        this.parts.collections.things
          .find(filter, { projection: { _id: 1 } })
          .sort({ _id: 1 })
          .limit(PORTION)
          .toArray(),
      );
      const ids = rows.map(({ _id }) => _id);
      const states = await this.parts.things.readAll(ids);
      // In the order of the ids, which the answer need not have.
      yield ids.flatMap((id) => states.get(id) ?? []);
      after = ids.at(-1) ?? after;
      if (ids.length < PORTION) return;
    }
  }

  inOrderAtMost({ criteria }: ThingQuery): number {
    if (criteria === undefined || searchPlanOf(criteria) === undefined) return Infinity;
    return isSelective(criteria) ? 0 : IN_ORDER_FIRST;
  }

  async *#having(plan: SearchPlan): AsyncIterable<readonly ThingState[]> {
    const reader = await this.parts.questions.asking(() => this.parts.collections.readers.findOne({ _id: INDEXER }));
    const recent = await this.parts.commits.keysAfter(reader?.position ?? 0, MAX_LAG);
    if (recent === undefined) {
      yield* this.inOrder('');
      return;
    }
    const changed = new Set(recent.flatMap((key) => thingIdOfKey(key) ?? []));
    yield* this.withIds([...changed]);
    const found = await this.#candidates(plan);
    yield* this.withIds([...found].filter((id) => !changed.has(id)));
  }

  /** Ids of the things that the plan leads to. */
  async #candidates(plan: SearchPlan): Promise<ReadonlySet<string>> {
    if ('all' in plan) return this.#inAll(plan.all);
    if ('any' in plan) {
      const sets = await Promise.all(plan.any.map((each) => this.#candidates(each)));
      return new Set(sets.flatMap((ids) => [...ids]));
    }
    const rows = await this.parts.questions.asking(() =>
      this.parts.collections.search.find(filterOf(plan), { projection: { _id: 1 } }).toArray(),
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
