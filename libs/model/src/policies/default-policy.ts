import type { PolicyId } from '../ids/index.js';
import type { EffectedPermissions, Policy, SubjectId } from './policy.js';

const EVERYTHING: EffectedPermissions = { grant: ['READ', 'WRITE'], revoke: [] };

/** The policy of a thing that is created without one: the subject may do everything. */
export function defaultPolicy(policyId: PolicyId, subject: SubjectId): Policy {
  return {
    policyId,
    imports: {},
    entries: {
      DEFAULT: {
        subjects: { [subject]: { type: 'generated' } },
        resources: { 'policy:/': EVERYTHING, 'thing:/': EVERYTHING, 'message:/': EVERYTHING },
        importable: 'implicit',
      },
    },
  };
}
