import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import { NamespaceRoots, livePolicy, resolvePolicy } from '@gemel/model/policies';
import type { Policy, PolicyState, ResolvedPolicy } from '@gemel/model/policies';
import type { Logger, StateStore } from '../ports/index.js';
import { RecentCache } from './recent-cache.js';

/** Policies with imports whose resolution is kept at the least. */
const DEFAULT_CAPACITY = 10_000;

interface Cached {
  readonly revision: number;
  /** Of each policy that the resolution looked at; 0 for one that is missing. */
  readonly sources: ReadonlyMap<PolicyId, number>;
  readonly resolved: ResolvedPolicy;
}

export type States = ReadonlyMap<PolicyId, PolicyState | undefined>;

const NONE: States = new Map();

/**
 * Policies with what they take over from others: always as last committed, for a resolution is used again only when
 * the revisions of all the policies it was made from are still the last. So a policy that thousands import is changed
 * by one write, and counts for all of them from the next command on, in every replica.
 */
export class ResolvedPolicies {
  readonly #cache: RecentCache<Cached>;
  /** Namespace root policies that were told to be missing. */
  readonly #missing = new Set<PolicyId>();

  constructor(
    private readonly states: StateStore,
    private readonly roots: NamespaceRoots = new NamespaceRoots(),
    private readonly log?: Logger,
    capacity = DEFAULT_CAPACITY,
  ) {
    this.#cache = new RecentCache(capacity);
  }

  /** Whether nothing but the policy itself counts for it. */
  isAlone({ policyId, imports }: Policy): boolean {
    for (const _imported in imports) return false;
    return this.roots.isEmpty || this.roots.of(namespaceOf(policyId)).every((root) => root === policyId);
  }

  /** The last state of a policy. What it took over lately is asked for with it: the store shares the answers of one turn. */
  async load(policyId: PolicyId): Promise<{ readonly state: PolicyState | undefined; readonly sources: States }> {
    const cached = this.#cache.get(policyId);
    if (cached === undefined) return { state: await this.states.policy(policyId), sources: NONE };
    const [state, sources] = await Promise.all([this.states.policy(policyId), this.#load([...cached.sources.keys()])]);
    return { state, sources };
  }

  /**
   * The same object for as long as nothing of it has changed.
   * @param loaded last states of other policies that the caller has
   */
  async resolve(policy: Policy, revision: number, loaded: States = NONE): Promise<ResolvedPolicy> {
    const cached = this.#cache.get(policy.policyId);
    const missing = [...(cached?.sources.keys() ?? [])].filter((id) => !loaded.has(id));
    const known = missing.length === 0 ? loaded : new Map([...loaded, ...(await this.#load(missing))]);
    const isCurrent = ([id, before]: readonly [PolicyId, number]): boolean => revisionOf(known.get(id)) === before;
    if (cached?.revision === revision && [...cached.sources].every(isCurrent)) return cached.resolved;
    const { resolved, states } = await this.#resolveFrom(policy, known);
    const sources = new Map(resolved.sources.map((id) => [id, revisionOf(states.get(id))]));
    this.#cache.set(policy.policyId, { revision, sources, resolved });
    return resolved;
  }

  /** As `resolve`, for content that is not committed. */
  async draft(policy: Policy): Promise<ResolvedPolicy> {
    return (await this.#resolveFrom(policy, new Map())).resolved;
  }

  async #resolveFrom(policy: Policy, loaded: States): Promise<{ resolved: ResolvedPolicy; states: States }> {
    const roots = this.roots.of(namespaceOf(policy.policyId));
    for (let states = loaded; ;) {
      const known = new Map([...states].map(([id, state]) => [id, livePolicy(state)]));
      const result = resolvePolicy(policy, roots, known);
      if (!('missing' in result)) {
        this.#tellOfMissing(roots.filter((id) => id !== policy.policyId && known.get(id) === undefined));
        return { resolved: result, states };
      }
      states = new Map([...states, ...(await this.#load(result.missing))]);
    }
  }

  /** Once each: the policies of its namespaces do without. */
  #tellOfMissing(roots: readonly PolicyId[]): void {
    for (const policyId of roots) {
      if (this.#missing.has(policyId)) continue;
      this.#missing.add(policyId);
      this.log?.error({ policyId }, 'a namespace root policy does not exist, so its entries count for nobody');
    }
  }

  async #load(ids: readonly PolicyId[]): Promise<States> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.states.policy(id)] as const)));
  }
}

function revisionOf(state: PolicyState | undefined): number {
  return state?.revision ?? 0;
}
