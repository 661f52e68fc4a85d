import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { compileRights, livePolicy, resolvePolicy } from '@gemel/model/policies';
import type {
  Enforcer,
  NamespaceRoots,
  Policy,
  PolicyRights,
  PolicyState,
  ResolvedPolicy,
  SubjectId,
} from '@gemel/model/policies';
import type { Clock, Logger, StateStore } from '../ports/index.js';
import type { KnownRights } from '../signals/index.js';
import { RecentCache } from './recent-cache.js';
import { ResolvedPolicies } from './resolved-policies.js';
import type { Seen } from './resolved-policies.js';

/** Pairs of a policy and a set of subjects whose rights are kept at the least. */
const DEFAULT_CAPACITY = 20_000;

interface Cached {
  /** What the rights were made from: the revision of a policy that stands alone, or the resolution. */
  readonly basis: number | ResolvedPolicy;
  readonly rights: PolicyRights;
}

export interface EnforcerOptions {
  readonly capacity?: number;
  readonly roots?: NamespaceRoots | undefined;
  /** Is told of namespace root policies that do not exist. */
  readonly logger?: Logger | undefined;
}

/**
 * Compiled policies, with their imports, references and namespace root policies. Always as last committed: a change of
 * any of them counts from the next command on.
 */
export class PolicyEnforcers {
  readonly #cache: RecentCache<Cached>;
  readonly #resolved: ResolvedPolicies;

  constructor(
    states: StateStore,
    private readonly clock: Clock,
    { capacity = DEFAULT_CAPACITY, roots, logger }: EnforcerOptions = {},
  ) {
    this.#cache = new RecentCache(capacity);
    this.#resolved = new ResolvedPolicies(states, roots, logger);
  }

  /**
   * What the subjects may do with a thing that has the policy, or with the policy itself. Undefined when the policy is
   * missing or deleted: then nobody may do anything.
   */
  async enforcer(
    policyId: PolicyId,
    subjects: readonly SubjectId[],
    entity: ThingId | PolicyId,
    known?: KnownRights,
  ): Promise<Enforcer | undefined> {
    const rights = await this.rights(policyId, subjects, known);
    return rights?.on(entity);
  }

  /** What the subjects may read of a policy; undefined when that is nothing. */
  async policyView(policyId: PolicyId, subjects: readonly SubjectId[]): Promise<JsonObject | undefined> {
    const { state, seen } = await this.#resolved.load(policyId);
    const policy = livePolicy(state);
    return policy === undefined ? undefined : (await this.#on(state, subjects, seen))?.viewPolicy(policy);
  }

  /**
   * As `enforcer`, for callers with many entities that have one policy.
   * @param known what the request has asked for already
   */
  rights(policyId: PolicyId, subjects: readonly SubjectId[], known?: KnownRights): Promise<PolicyRights | undefined> {
    return known === undefined
      ? this.#rights(policyId, subjects)
      : known.of(policyId, subjects, () => this.#rights(policyId, subjects));
  }

  async #rights(policyId: PolicyId, subjects: readonly SubjectId[]): Promise<PolicyRights | undefined> {
    const { state, seen } = await this.#resolved.load(policyId);
    const policy = livePolicy(state);
    if (state === undefined || policy === undefined) return undefined;
    if (this.#resolved.isAlone(policy)) return this.#rightsOn(policy, state.revision, subjects);
    return this.#rightsOn(policy, await this.#resolved.resolve(policy, state.revision, seen), subjects);
  }

  /** What the subjects may do under a policy in this state; undefined when it is deleted, or takes over from others. */
  standingAlone(state: PolicyState, subjects: readonly SubjectId[]): PolicyRights | undefined {
    const policy = livePolicy(state);
    return policy !== undefined && this.#resolved.isAlone(policy)
      ? this.#rightsOn(policy, state.revision, subjects)
      : undefined;
  }

  /** What the subjects may do with a policy itself, of which the caller has loaded the state. */
  onState(state: PolicyState | undefined, subjects: readonly SubjectId[]): Promise<Enforcer | undefined> {
    return this.#on(state, subjects);
  }

  /** What the subjects could do under a policy that is not committed, and may never be. @throws PolicyTakesOverTooMuch */
  async onDraft(policy: Policy, subjects: readonly SubjectId[]): Promise<PolicyRights> {
    return this.#compile(await this.#resolved.draft(policy), subjects);
  }

  /** Whether a policy that is not committed could count at all. @throws PolicyTakesOverTooMuch */
  async checkDraft(policy: Policy): Promise<void> {
    if (!this.#resolved.isAlone(policy)) await this.#resolved.draft(policy);
  }

  /** A policy with all that it takes over; undefined when it is missing or deleted. */
  async resolved(state: PolicyState | undefined): Promise<ResolvedPolicy | undefined> {
    const policy = livePolicy(state);
    if (state === undefined || policy === undefined) return undefined;
    return this.#resolved.isAlone(policy) ? alone(policy) : this.#resolved.resolve(policy, state.revision);
  }

  /** @param seen what was loaded with the state */
  async #on(
    state: PolicyState | undefined,
    subjects: readonly SubjectId[],
    seen?: Seen,
  ): Promise<Enforcer | undefined> {
    const policy = livePolicy(state);
    if (state === undefined || policy === undefined) return undefined;
    const basis = this.#resolved.isAlone(policy)
      ? state.revision
      : await this.#resolved.resolve(policy, state.revision, seen);
    return this.#rightsOn(policy, basis, subjects).on(policy.policyId);
  }

  #rightsOn(policy: Policy, basis: number | ResolvedPolicy, subjects: readonly SubjectId[]): PolicyRights {
    // Neither ids nor subjects hold control characters.
    const key = `${policy.policyId}\n${subjects.length === 1 ? (subjects[0] ?? '') : subjects.join('\n')}`;
    const cached = this.#cache.get(key);
    if (cached?.basis === basis && this.#isValid(cached.rights)) return cached.rights;
    const rights = this.#compile(typeof basis === 'number' ? alone(policy) : basis, subjects);
    this.#cache.set(key, { basis, rights });
    return rights;
  }

  #compile({ entries }: ResolvedPolicy, subjects: readonly SubjectId[]): PolicyRights {
    return compileRights(
      entries.map(({ entry }) => entry),
      subjects,
      this.clock.now(),
    );
  }

  #isValid({ validUntil }: PolicyRights): boolean {
    return validUntil === undefined || this.clock.now() < validUntil;
  }
}

/** A policy that takes nothing over, resolved. */
function alone(policy: Policy): ResolvedPolicy {
  const resolved = resolvePolicy({ ...policy, imports: {} }, [], new Map());
  if ('missing' in resolved) throw new Error('a policy without imports asked for others');
  return resolved;
}
