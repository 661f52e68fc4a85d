import type { DueQuery, PolicyDirectory, PolicyDirectoryQuery } from '@gemel/application/ports';
import type { PolicyId } from '@gemel/model/ids';
import { dueAt, livePolicy, namesIn } from '@gemel/model/policies';
import type { Policy, PolicyState } from '@gemel/model/policies';

type Due = NonNullable<DueQuery['after']>;

/** Looks at every policy for each question. */
export class MemoryDirectory implements PolicyDirectory {
  /** @param states the last state of every policy, deleted ones included */
  constructor(private readonly states: () => Iterable<PolicyState>) {}

  async find(query: PolicyDirectoryQuery): Promise<readonly PolicyState[]> {
    const sign = query.direction === 'asc' ? 1 : -1;
    return [...this.states()]
      .filter((state) => matches(livePolicy(state), query))
      .sort((a, b) => sign * compare(a.policy.policyId, b.policy.policyId))
      .slice(0, query.limit);
  }

  async imported(limit: number): Promise<readonly PolicyId[]> {
    const policies = [...this.states()].flatMap((state) => livePolicy(state) ?? []);
    return [...new Set(policies.flatMap((policy) => namesIn(policy).imports))].slice(0, limit);
  }

  async due({ by, after, limit }: DueQuery): Promise<readonly PolicyState[]> {
    const order = (a: Due, b: Due) => a.due - b.due || compare(a.id, b.id);
    return [...this.states()]
      .flatMap((state) => {
        const due = dueAt(livePolicy(state) ?? state.policy);
        return state.deleted || due === undefined || due > by ? [] : [{ due, id: state.policy.policyId, state }];
      })
      .filter((each) => after === undefined || order(each, after) > 0)
      .sort(order)
      .slice(0, limit)
      .map(({ state }) => state);
  }
}

function matches(policy: Policy | undefined, { naming, prefix, direction, after }: PolicyDirectoryQuery): boolean {
  if (policy?.policyId.startsWith(prefix) !== true) return false;
  const sign = direction === 'asc' ? 1 : -1;
  if (after !== undefined && sign * compare(policy.policyId, after) <= 0) return false;
  if (naming === undefined) return true;
  const { subjects, imports } = namesIn(policy);
  return subjects.some((name) => naming.subjects.includes(name)) || imports.some((id) => naming.imports.includes(id));
}

/** By code point, as the bytes of UTF-8 compare. */
function compare(a: string, b: string): number {
  return Buffer.from(a).compare(Buffer.from(b));
}
