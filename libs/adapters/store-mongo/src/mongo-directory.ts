import type { DueQuery, PolicyDirectory, PolicyDirectoryQuery } from '@gemel/application/ports';
import { parsePolicyId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import { dueAt, livePolicy, namesIn } from '@gemel/model/policies';
import type { PolicyNames, PolicyState } from '@gemel/model/policies';
import type { Instant } from '@gemel/model/time';
import type { StateReader } from '@gemel/store-parts';
import type { Collections, PolicyDocument } from './collections.js';
import type { Questions } from './questions.js';
import { parsePolicyState } from './state-codec.js';

/** Above every id, and after every other character. */
const END = '\u{10FFFF}';
const BATCH = 1_000;

/** What a policy's document is found by; `named` is the revision that it is of, `due` is null for never. */
interface PolicyFields extends PolicyNames {
  readonly named: number;
  readonly due: Instant | null;
}

export function policyFields(state: PolicyState): PolicyFields {
  const policy = livePolicy(state);
  const names = policy === undefined ? { subjects: [], imports: [] } : namesIn(policy);
  return { ...names, named: state.revision, due: (policy && dueAt(policy)) ?? null };
}

export interface MongoDirectoryParts {
  readonly collections: Pick<Collections, 'policies'>;
  readonly questions: Questions;
  readonly policies: Pick<StateReader<PolicyState>, 'readAll'>;
}

/** Policies by whom they name, from indexes over their documents. */
export class MongoDirectory implements PolicyDirectory {
  constructor(private readonly parts: MongoDirectoryParts) {}

  async find({ naming, prefix, direction, after, limit }: PolicyDirectoryQuery): Promise<readonly PolicyState[]> {
    const beyond = after === undefined ? {} : { [direction === 'asc' ? '$gt' : '$lt']: after };
    const filter = {
      $and: [{ _id: { $gte: prefix, $lt: prefix + END } }, { _id: { $gt: '', ...beyond } }],
      deleted: false,
      ...(naming === undefined
        ? {}
        : { $or: [{ subjects: { $in: [...naming.subjects] } }, { imports: { $in: [...naming.imports] } }] }),
    };
    const sort = { _id: direction === 'asc' ? 1 : -1 } as const;
    const options = { projection: { _id: 1 }, sort, limit } as const;
    const rows = await this.parts.questions.asking(() =>
      this.parts.collections.policies.find(filter, options).toArray(),
    );
    return this.#states(rows);
  }

  async due({ by, after, limit }: DueQuery): Promise<readonly PolicyState[]> {
    const beyond =
      after === undefined
        ? {}
        : { $or: [{ due: { $gt: after.due } }, { due: after.due, _id: { $gt: String(after.id) } }] };
    const filter = { $and: [{ due: { $lte: by } }, beyond] };
    const options = { projection: { _id: 1 }, sort: { due: 1, _id: 1 }, limit } as const;
    const rows = await this.parts.questions.asking(() =>
      this.parts.collections.policies.find(filter, options).toArray(),
    );
    return this.#states(rows);
  }

  async #states(rows: readonly { readonly _id: string }[]): Promise<readonly PolicyState[]> {
    const ids = rows.map(({ _id }) => _id);
    const states = await this.parts.policies.readAll(ids);
    return ids.flatMap((id) => states.get(id) ?? []);
  }

  async imported(limit: number): Promise<readonly PolicyId[]> {
    const ids = await this.parts.questions.asking(() => this.parts.collections.policies.distinct('imports'));
    return ids
      .filter((id) => id !== undefined)
      .slice(0, limit)
      .map(parsePolicyId);
  }

  /** Names policies that were written by an older Gemel, which does not do that. @throws StoreUnavailable */
  async catchUp(): Promise<void> {
    const stale = { $or: [{ $expr: { $ne: ['$named', '$revision'] } }, { due: { $exists: false } }] };
    for (;;) {
      const documents = await this.parts.questions.asking(() =>
        this.parts.collections.policies.find(stale, { limit: BATCH }).toArray(),
      );
      if (documents.length === 0) return;
      const writes = documents.map((document) => ({
        updateOne: {
          filter: { _id: document._id, revision: document.revision },
          update: { $set: fieldsOf(document) },
        },
      }));
      await this.parts.questions.repeating(() => this.parts.collections.policies.bulkWrite(writes, { ordered: false }));
    }
  }
}

function fieldsOf(document: PolicyDocument): ReturnType<typeof policyFields> {
  return policyFields(parsePolicyState(document));
}
