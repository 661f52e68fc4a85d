import type { PolicyId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { compileEnforcer, livePolicy } from '@gemel/model/policies';
import type { Enforcer, PolicyState, SubjectId } from '@gemel/model/policies';
import type { Clock, StateStore } from '../ports/index.js';
import { RecentCache } from './recent-cache.js';

/** Pairs of a policy and a set of subjects whose enforcers are kept at the least. */
const DEFAULT_CAPACITY = 20_000;

interface Cached {
  readonly revision: number;
  readonly enforcer: Enforcer;
}

/** Compiled policies. Always those of the last committed revision: a change counts from the next command on. */
export class PolicyEnforcers {
  readonly #cache: RecentCache<Cached>;

  constructor(
    private readonly states: StateStore,
    private readonly clock: Clock,
    capacity = DEFAULT_CAPACITY,
  ) {
    this.#cache = new RecentCache(capacity);
  }

  /** Undefined when the policy is missing or deleted: then nobody may do anything. */
  async enforcer(policyId: PolicyId, subjects: readonly SubjectId[]): Promise<Enforcer | undefined> {
    return this.enforcerOf(await this.states.policy(policyId), subjects);
  }

  /** What the subjects may read of a policy; undefined when that is nothing. */
  async policyView(policyId: PolicyId, subjects: readonly SubjectId[]): Promise<JsonObject | undefined> {
    const state = await this.states.policy(policyId);
    const policy = livePolicy(state);
    return policy === undefined ? undefined : this.enforcerOf(state, subjects)?.viewPolicy(policy);
  }

  /** As `enforcer`, for a state that the caller has loaded. */
  enforcerOf(state: PolicyState | undefined, subjects: readonly SubjectId[]): Enforcer | undefined {
    const policy = livePolicy(state);
    if (state === undefined || policy === undefined) return undefined;
    // Neither ids nor subjects hold control characters.
    const key = `${policy.policyId}\n${subjects.length === 1 ? (subjects[0] ?? '') : subjects.join('\n')}`;
    const cached = this.#cache.get(key);
    if (cached?.revision === state.revision && this.#isValid(cached.enforcer)) return cached.enforcer;
    const enforcer = compileEnforcer(policy, subjects, this.clock.now());
    this.#cache.set(key, { revision: state.revision, enforcer });
    return enforcer;
  }

  #isValid({ validUntil }: Enforcer): boolean {
    return validUntil === undefined || this.clock.now() < validUntil;
  }
}
