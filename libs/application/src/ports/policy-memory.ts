import type { PolicyId } from '@gemel/model/ids';
import type { PolicyState } from '@gemel/model/policies';

/** That a policy was still as it was remembered when a change was decided on it; goes along with the change. */
export interface Premise {
  readonly policyId: PolicyId;
  readonly revision: number;
  /** What the store knows memory by; nobody else needs to understand it. */
  readonly generation: number;
}

export interface RememberedPolicy {
  readonly state: PolicyState;
  readonly premise: Premise;
}

/**
 * What this process remembers of policies. An append of changes with premises takes effect only when no change of those
 * policies was answered, by whichever process, before their commit was begun: it is refused with RevisionConflict otherwise.
 */
export interface PolicyMemory {
  /** Undefined when the store should be asked. */
  recallPolicy(id: PolicyId): RememberedPolicy | undefined;
}
