import type { NamespaceRoots } from '@gemel/model/policies';
import type { Clock, EventLog, StateStore } from '../ports/index.js';
import { ImportAccess } from './import-access.js';
import { PolicyChanges } from './policy-changes.js';
import type { PolicyLimits } from './policy-changes.js';
import { PolicyCreation } from './policy-creation.js';
import { PolicyEnforcers } from './policy-enforcers.js';
import { PolicyService } from './policy-service.js';

export interface PoliciesOptions {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly clock: Clock;
  /** Ditto's when absent. */
  readonly limits?: PolicyLimits | undefined;
  /** Policies whose implicit entries all policies of some namespaces have; none when absent. */
  readonly roots?: NamespaceRoots | undefined;
}

/** All use cases of policies, on one set of enforcers. */
export interface Policies {
  readonly enforcers: PolicyEnforcers;
  /** For the policies of new things. */
  readonly creation: PolicyCreation;
  readonly service: PolicyService;
}

export function createPolicies({ log, states, clock, limits, roots }: PoliciesOptions): Policies {
  const enforcers = new PolicyEnforcers(states, clock, { roots });
  const changes = new PolicyChanges(clock, limits);
  const imports = new ImportAccess(states, enforcers);
  return {
    enforcers,
    creation: new PolicyCreation({ states, changes, enforcers, imports }),
    service: new PolicyService({ log, states, enforcers, changes, imports }),
  };
}
