import { UNRESTRICTED_CREATION } from '@gemel/model/creation';
import type { CreationRules } from '@gemel/model/creation';
import type { NamespaceRoots } from '@gemel/model/policies';
import type { SubjectAnnouncer } from '../announcements/index.js';
import { NO_ARCHIVE, PastStates } from '../past/index.js';
import type { Clock, EventLog, Logger, StateArchive, StateStore } from '../ports/index.js';
import { ImportAccess } from './import-access.js';
import { PermissionChecks } from './permission-checks.js';
import { PolicyChanges } from './policy-changes.js';
import type { PolicyLimits } from './policy-changes.js';
import { PolicyCreation } from './policy-creation.js';
import { PolicyEnforcers } from './policy-enforcers.js';
import { PolicyReader } from './policy-reader.js';
import { PolicyExplanations } from './policy-explanations.js';
import { PolicyService } from './policy-service.js';
import { TokenIntegrations } from './token-integrations.js';

export interface PoliciesOptions {
  readonly log: EventLog;
  readonly states: StateStore;
  readonly clock: Clock;
  /** Without one, states of the past are rebuilt from the first event on. */
  readonly archive?: StateArchive | undefined;
  /** Names of the headers that a look into the past tells of what led to it; none when absent. */
  readonly historicalHeaders?: readonly string[] | undefined;
  /** Ditto's when absent. */
  readonly limits?: PolicyLimits | undefined;
  /** Policies whose implicit entries all policies of some namespaces have; none when absent. */
  readonly roots?: NamespaceRoots | undefined;
  /** Who may create what; anybody anything when absent. */
  readonly creation?: CreationRules | undefined;
  /** Is told of each change; nobody when absent. */
  readonly announcer?: Pick<SubjectAnnouncer, 'changed'> | undefined;
  /** Is told of roots that do not exist. */
  readonly logger?: Logger | undefined;
}

/** What can be asked about policies besides the policies themselves. */
export interface PolicyQuestions {
  readonly permissionChecks: PermissionChecks;
  readonly explanations: PolicyExplanations;
}

/** All use cases of policies, on one set of enforcers. */
export interface Policies extends PolicyQuestions {
  readonly enforcers: PolicyEnforcers;
  /** For the policies of new things. */
  readonly creation: PolicyCreation;
  readonly service: PolicyService;
  readonly tokens: TokenIntegrations;
}

export function createPolicies(options: PoliciesOptions): Policies {
  const { log, states, clock, archive = NO_ARCHIVE, historicalHeaders = [], limits, roots, logger } = options;
  const { creation = UNRESTRICTED_CREATION } = options;
  const enforcers = new PolicyEnforcers(states, clock, { roots, logger });
  const changes = new PolicyChanges(clock, limits);
  const imports = new ImportAccess(states, enforcers);
  const past = new PastStates({ log, archive, clock });
  const reader = new PolicyReader({ states, enforcers, past, historicalHeaders });
  return {
    enforcers,
    creation: new PolicyCreation({ states, changes, enforcers, imports, creation }),
    service: new PolicyService({
      log,
      states,
      enforcers,
      changes,
      imports,
      reader,
      creation,
      announcer: options.announcer,
    }),
    permissionChecks: new PermissionChecks(states, enforcers),
    explanations: new PolicyExplanations(states, enforcers, clock),
    tokens: new TokenIntegrations({ log, states, enforcers, changes }),
  };
}
