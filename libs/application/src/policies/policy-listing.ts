import { namespaceOf } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { namesIn, parseStoredPolicy } from '@gemel/model/policies';
import type { NamespaceRoots, Policy, PolicyNames, PolicyState, SubjectId } from '@gemel/model/policies';
import { compileCriteria } from '@gemel/model/rql';
import { formatInstant } from '@gemel/model/time';
import type { Clock, PolicyDirectory, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicyEnforcers } from './policy-enforcers.js';
import { formatPolicyCursor, parsePolicyListRequest } from './policy-list-request.js';
import type { PolicyListQuery, PolicyListRequest } from './policy-list-request.js';
import { project } from './policy-projection.js';

/** Policies looked at for one page; a page that is not full by then ends there, and says where to go on. */
const MOST_LOOKED_AT = 2_000;
/** Asked for at once; others have their turn in between. */
const BATCH = 100;
/** With more imported policies than these, all policies are looked at instead of finding out which of them matter. */
const MOST_IMPORTED = 1_000;

export interface PolicyListingParts {
  readonly directory: PolicyDirectory;
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly roots?: NamespaceRoots | undefined;
  readonly clock: Clock;
}

export interface PolicyPage {
  readonly items: readonly JsonObject[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

type Caller = SignalContext['subjects'];

/** Lists the policies of which a caller may read something. Never stale, and never by what the caller may not read. */
export class PolicyListing {
  constructor(private readonly parts: PolicyListingParts) {}

  /** @throws RqlExpressionInvalid, SearchOptionInvalid */
  async list(request: PolicyListRequest, { subjects }: Pick<SignalContext, 'subjects'>): Promise<PolicyPage> {
    const query = parsePolicyListRequest(request);
    const { size, prefix, direction } = query;
    const test = query.criteria && compileCriteria(query.criteria, { now: this.parts.clock.now() });
    const naming = await this.#naming(query, subjects);
    const items: JsonObject[] = [];
    let { after } = query;
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += BATCH) {
      const batch = await this.parts.directory.find({ naming, prefix, direction, after, limit: BATCH });
      for (const state of batch) {
        const view = await this.#view(state, subjects);
        if (view !== undefined && test?.(documentOf(view, state)) !== false) {
          if (items.length === size) return { items, cursor: formatPolicyCursor(query, after) };
          items.push(project(view, state, request.fields));
        }
        after = state.policy.policyId;
      }
      if (batch.length < BATCH) return { items };
    }
    return { items, cursor: formatPolicyCursor(query, after) };
  }

  async #view(state: PolicyState, subjects: Caller): Promise<JsonObject | undefined> {
    return (await this.parts.enforcers.onState(state, subjects))?.viewPolicy(state.policy);
  }

  /** What all policies name that the caller could read and the filter could match; undefined for anything. */
  async #naming({ subject }: PolicyListQuery, subjects: Caller): Promise<PolicyNames | undefined> {
    if (subject !== undefined) return { subjects: [subject], imports: [] };
    for (const root of this.parts.roots?.ids ?? []) if (await this.#mentions(root, subjects)) return undefined;
    const imported = await this.parts.directory.imported(MOST_IMPORTED + 1);
    if (imported.length > MOST_IMPORTED) return undefined;
    const imports: PolicyId[] = [];
    for (const id of imported) if (await this.#mentions(id, subjects)) imports.push(id);
    return { subjects, imports };
  }

  /** Whether an entry of a policy, or of what it takes over, is for one of the subjects. */
  async #mentions(policyId: PolicyId, subjects: readonly SubjectId[]): Promise<boolean> {
    const resolved = await this.parts.enforcers.resolved(await this.parts.states.policy(policyId));
    const named = resolved?.entries.some(({ entry }) => subjects.some((id) => Object.hasOwn(entry.subjects, id)));
    return named ?? false;
  }
}

/** What a filter looks at: what the caller may read of a policy. */
function documentOf(view: JsonObject, { policy: { policyId }, revision, created, modified }: PolicyState): JsonObject {
  const policy: Policy = parseStoredPolicy({ policyId, imports: {}, entries: {}, ...view });
  const { subjects, imports } = namesIn(policy);
  return {
    policyId,
    _namespace: namespaceOf(policyId),
    // An empty list is nothing, so that `exists` and `empty` mean what one expects.
    ...unlessEmpty('subject', subjects),
    ...unlessEmpty('imports', imports),
    ...unlessEmpty('label', Object.keys(policy.entries)),
    _revision: revision,
    _created: formatInstant(created),
    _modified: formatInstant(modified),
  };
}

function unlessEmpty(name: string, values: readonly string[]): JsonObject {
  return values.length === 0 ? {} : { [name]: values };
}
