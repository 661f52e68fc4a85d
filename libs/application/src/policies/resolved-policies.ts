import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import {
  MAX_ENTRIES,
  MAX_IMPORTS_FOLLOWED,
  NamespaceRoots,
  PolicyTakesOverTooMuch,
  livePolicy,
  resolvePolicy,
} from '@gemel/model/policies';
import type { Policy, PolicyState, ResolvedPolicy } from '@gemel/model/policies';
import type { Logger, StateStore } from '../ports/index.js';
import { RecentCache } from './recent-cache.js';

/** Policies with imports whose resolution is kept at the least. */
const DEFAULT_CAPACITY = 10_000;

interface Source {
  readonly id: PolicyId;
  /** 0 for one that is missing. */
  readonly revision: number;
}

interface Cached {
  readonly revision: number;
  /** Every policy that the resolution looked at. */
  readonly sources: readonly Source[];
  readonly resolved: ResolvedPolicy;
}

/** A kept resolution, and the last states of its sources, one for each. */
export interface Seen {
  readonly cached: Cached;
  readonly states: readonly (PolicyState | undefined)[];
}

type States = ReadonlyMap<PolicyId, PolicyState | undefined>;

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
  async load(policyId: PolicyId): Promise<{ readonly state: PolicyState | undefined; readonly seen?: Seen }> {
    const cached = this.#cache.get(policyId);
    if (cached === undefined) return { state: await this.states.policy(policyId) };
    const [state, ...states] = await Promise.all([
      this.states.policy(policyId),
      ...cached.sources.map(({ id }) => this.states.policy(id)),
    ]);
    return { state, seen: { cached, states } };
  }

  /**
   * The same object for as long as nothing of it has changed.
   * @param known what `load` saw, when the caller has just loaded the policy
   */
  async resolve(policy: Policy, revision: number, known?: Seen): Promise<ResolvedPolicy> {
    const seen = known ?? (await this.#look(policy.policyId));
    if (seen !== undefined && isCurrent(seen, revision)) return seen.cached.resolved;
    const { resolved, states } = await this.#resolveFrom(policy, statesOf(seen));
    const sources = resolved.sources.map((id) => ({ id, revision: revisionOf(states.get(id)) }));
    this.#cache.set(policy.policyId, { revision, sources, resolved });
    if (resolved.isCut) {
      const { policyId } = policy;
      this.log?.error({ policyId }, 'a policy imports more than can be followed, so nobody has any right by it');
    }
    return resolved;
  }

  /** As `resolve`, for content that is not committed. @throws PolicyTakesOverTooMuch */
  async draft(policy: Policy): Promise<ResolvedPolicy> {
    const { resolved } = await this.#resolveFrom(policy, new Map());
    if (resolved.isCut) throw new PolicyTakesOverTooMuch(policy.policyId, MAX_IMPORTS_FOLLOWED, MAX_ENTRIES);
    return resolved;
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

  async #look(policyId: PolicyId): Promise<Seen | undefined> {
    const cached = this.#cache.get(policyId);
    if (cached === undefined) return undefined;
    return { cached, states: await Promise.all(cached.sources.map(({ id }) => this.states.policy(id))) };
  }

  async #load(ids: readonly PolicyId[]): Promise<States> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.states.policy(id)] as const)));
  }
}

/** Whether the policy and all sources are still what they were. */
function isCurrent({ cached, states }: Seen, revision: number): boolean {
  if (cached.revision !== revision) return false;
  for (let index = 0; index < states.length; index++) {
    if (revisionOf(states[index]) !== cached.sources[index]?.revision) return false;
  }
  return true;
}

function statesOf(seen: Seen | undefined): States {
  return new Map(seen?.cached.sources.map(({ id }, index) => [id, seen.states[index]]));
}

function revisionOf(state: PolicyState | undefined): number {
  return state?.revision ?? 0;
}
