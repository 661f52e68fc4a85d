export type {
  CreatePolicy,
  DeletePolicy,
  ModifyPolicy,
  ModifyingPolicyCommand,
  PolicyCommand,
  RetrievePolicy,
} from './command.js';
export { decidePolicy } from './decide.js';
export type { PolicyDecision } from './decide.js';
export { defaultPolicy } from './default-policy.js';
export { compileEnforcer } from './enforcer.js';
export type { Enforcer } from './enforcer.js';
export {
  LabelInvalid,
  PolicyConflict,
  PolicyEntryInvalid,
  PolicyEntryModificationInvalid,
  PolicyIdNotSettable,
  PolicyModificationInvalid,
  PolicyNotAccessible,
  PolicyNotCreatable,
  PolicyNotModifiable,
  PolicyPathUnknown,
  PolicyTooLarge,
  SubjectAnnouncementInvalid,
  SubjectExpiryInvalid,
  SubjectIdInvalid,
} from './errors.js';
export { evolvePolicy } from './evolve.js';
export { formatPolicyPath, parsePolicyPath } from './policy-path.js';
export type { PolicyPath } from './policy-path.js';
export { livePolicy, parseStoredPolicy } from './policy.js';
export type {
  EffectedPermissions,
  Importable,
  Permission,
  Policy,
  PolicyEntry,
  PolicyState,
  ResourceType,
  Subject,
  SubjectId,
} from './policy.js';
export { parsePolicy, policyResources } from './resources/index.js';
export type { PolicyContext, PolicyResource, PolicyResourceDefinition } from './resources/index.js';
export { parseAuthorizationSubject, parseSubjectId } from './subject-id.js';
