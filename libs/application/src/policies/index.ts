export { createPolicies } from './create-policies.js';
export type { Policies, PoliciesOptions, PolicyQuestions } from './create-policies.js';
export { DEFAULT_POLICY_LIMITS } from './policy-changes.js';
export type { PolicyLimits } from './policy-changes.js';
export type { PolicyCreation } from './policy-creation.js';
export { PolicyEnforcers } from './policy-enforcers.js';
export type { PolicyReply } from './policy-reply.js';
export type { PolicyService } from './policy-service.js';
