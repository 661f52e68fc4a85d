import type { PolicyId } from '@gemel/model/ids';
import type { Enforcer, EntryOrigin, Policy, PolicyState, ResolvedEntry, SubjectId } from '@gemel/model/policies';
import type { StateStore } from '../ports/index.js';
import type { PolicyEnforcers } from './policy-enforcers.js';

/** Makes the policy that a policy is in effect: with what it takes over, as far as a reader may see that at its source. */
export class EffectiveView {
  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
  ) {}

  /** With entries that the reader may not see in the policy itself: the caller takes those out. */
  async of({ policy, ...state }: PolicyState, subjects: readonly SubjectId[]): Promise<Policy> {
    const visible = await this.visible({ policy, ...state }, subjects);
    const entries = Object.fromEntries(visible.map(({ label, entry }) => [label, entry]));
    return { ...policy, entries };
  }

  /** The entries in effect but those taken over from where the reader may not read them. */
  async visible(state: PolicyState, subjects: readonly SubjectId[]): Promise<readonly ResolvedEntry[]> {
    const resolved = await this.enforcers.resolved(state);
    const sources = new Map<PolicyId, Enforcer | undefined>();
    const visible: ResolvedEntry[] = [];
    for (const each of resolved?.entries ?? []) {
      if (await this.#mayRead(each.origin, subjects, sources)) visible.push(each);
    }
    return visible;
  }

  async #mayRead(
    { kind, policyId, label }: EntryOrigin,
    subjects: readonly SubjectId[],
    sources: Map<PolicyId, Enforcer | undefined>,
  ): Promise<boolean> {
    if (kind === 'own') return true;
    if (!sources.has(policyId)) {
      sources.set(policyId, await this.enforcers.onState(await this.states.policy(policyId), subjects));
    }
    return sources.get(policyId)?.permitsPartially('policy', ['entries', label], 'READ') ?? false;
  }
}
