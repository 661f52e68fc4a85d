export { DEFAULT_POLICY_LIMITS, PolicyChanges } from './policy-changes.js';
export type { PolicyLimits } from './policy-changes.js';
export { PolicyCreation } from './policy-creation.js';
export { PolicyEnforcers } from './policy-enforcers.js';
export type { PolicyReply } from './policy-reply.js';
export { PolicyService } from './policy-service.js';
