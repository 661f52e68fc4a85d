import type { PolicyId, ThingId } from '@gemel/model/ids';
import type { JsonPointer } from '@gemel/model/json';
import type { SubjectId } from '@gemel/model/policies';
import type { StateStore } from '../ports/index.js';

/** What the history needs of policies. */
export interface ReadEnforcers {
  /** Undefined when the policy does not exist. */
  enforcer(policyId: PolicyId, subjects: readonly SubjectId[]): Promise<ReadEnforcer | undefined>;
}

export interface ReadEnforcer {
  permits(type: 'thing', path: JsonPointer, permission: 'READ'): boolean;
}

/** Whether a path of a thing may be read. */
export type Readable = (path: JsonPointer) => boolean;

/**
 * Decides what a caller may see of the history: exactly what the thing's policy of today lets them read of the thing.
 * A thing that does not exist any more has no policy, so nobody sees its history.
 */
export class SeriesAccess {
  constructor(
    private readonly states: StateStore,
    private readonly policies: ReadEnforcers,
  ) {}

  /** Undefined when the thing does not exist. */
  async reader(thingId: ThingId, subjects: readonly SubjectId[]): Promise<Readable | undefined> {
    const state = await this.states.thing(thingId);
    if (state === undefined || state.deleted) return undefined;
    const enforcer = await this.policies.enforcer(state.thing.policyId, subjects);
    return enforcer === undefined ? undefined : (path) => enforcer.permits('thing', path, 'READ');
  }
}

/** The segments of a stored path; unlike `parsePointer` it takes the empty keys that JSON allows. */
export function segmentsOf(path: string): JsonPointer {
  return path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
