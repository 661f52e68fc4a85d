import type { ThingId } from '@gemel/model/ids';
import type { JsonPointer } from '@gemel/model/json';
import type { Enforcer, SubjectId } from '@gemel/model/policies';
import type { PolicyEnforcers } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';

/**
 * Decides what a caller may see of the history: exactly what the thing's policy of today lets them read of the thing.
 * A thing that does not exist any more has no policy, so nobody sees its history.
 */
export class SeriesAccess {
  constructor(
    private readonly states: StateStore,
    private readonly policies: Pick<PolicyEnforcers, 'enforcer'>,
  ) {}

  /** Undefined when the thing does not exist. */
  async enforcer(thingId: ThingId, subjects: readonly SubjectId[]): Promise<Enforcer | undefined> {
    const state = await this.states.thing(thingId);
    return state === undefined || state.deleted
      ? undefined
      : this.policies.enforcer(state.thing.policyId, subjects, thingId);
  }
}

/** Whether the leaf at a stored path may be read. */
export function mayRead(enforcer: Enforcer, path: string): boolean {
  return enforcer.permits('thing', segmentsOf(path), 'READ');
}

/** The segments of a stored path; unlike `parsePointer` it takes the empty keys that JSON allows. */
function segmentsOf(path: string): JsonPointer {
  return path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
