export type {
  CreatePolicy,
  DeletePolicy,
  ModifyPolicy,
  ModifyingPolicyCommand,
  PolicyCommand,
  RetrievePolicy,
} from './command.js';
export { decideModification, decidePolicy } from './decide.js';
export type { PolicyDecision } from './decide.js';
export { defaultPolicy } from './default-policy.js';
export { deletionsToTell, noticeOf } from './deletion-notice.js';
export type { DeletionNotice } from './deletion-notice.js';
export { dueAt, expiryOf } from './due.js';
export { compileEnforcer, compileRights, isFor } from './enforcer.js';
export type { Enforcer, PolicyRights } from './enforcer.js';
export {
  AcknowledgementLabelInvalid,
  ImportedPolicyNotAccessible,
  LabelInvalid,
  PolicyActionFailed,
  PolicyActionNotAllowed,
  PolicyActionNotApplicable,
  PolicyConflict,
  PolicyEntryInvalid,
  PolicyEntryModificationInvalid,
  PolicyEntryNotAccessible,
  PolicyHistoryNotAccessible,
  PolicyIdNotSettable,
  PolicyImportInvalid,
  PolicyModificationInvalid,
  PolicyNotAccessible,
  PolicyNotCreatable,
  PolicyNotModifiable,
  PolicyPathUnknown,
  PolicyTakesOverTooMuch,
  PolicyTooLarge,
  PolicyTooManyModifyingRequests,
  SubjectAnnouncementInvalid,
  SubjectExpiryInvalid,
  SubjectIdInvalid,
} from './errors.js';
export { hasAdministrator } from './administrator.js';
export { evolveContent, evolvePolicy } from './evolve.js';
export { explainPermission } from './explain.js';
export type { ExplainedStatement, IgnoredEntry, PermissionExplanation, PermissionQuestion } from './explain.js';
export { parsePolicyModification, takenOverBy } from './modification.js';
export type { PolicyModification, TakenOver } from './modification.js';
export { NamespacePatternInvalid, NamespaceRoots } from './namespace-roots.js';
export { isGranted, parsePermissionChecks } from './permission-check.js';
export type { PermissionCheck } from './permission-check.js';
export { parsePermissionQuestion } from './permission-question.js';
export { namesIn } from './policy-names.js';
export type { PolicyNames } from './policy-names.js';
export { firstExpiredSubject } from './expired-subjects.js';
export type { SubjectPlace } from './expired-subjects.js';
export { formatPolicyPath, parsePolicyPath } from './policy-path.js';
export type { PolicyPath } from './policy-path.js';
export { PERMISSIONS, RESOURCE_TYPES, livePolicy, parseStoredPolicy } from './policy.js';
export type {
  AllowedAddition,
  EffectedPermissions,
  EntryReference,
  Importable,
  Permission,
  Policy,
  PolicyEntry,
  PolicyImport,
  PolicyState,
  ResourceType,
  Subject,
  SubjectId,
} from './policy.js';
export { futureExpiry, parseAnnouncement, parsePolicy, policyResources } from './resources/index.js';
export type { PolicyContext, PolicyResource, PolicyResourceDefinition } from './resources/index.js';
export { MAX_ENTRIES, MAX_IMPORTS_FOLLOWED, resolvePolicy } from './resolve.js';
export type { EntryOrigin, KnownPolicies, ResolvedEntry, ResolvedPolicy } from './resolve.js';
export { parseResourceKey } from './resource-key.js';
export type { ResourceKey } from './resource-key.js';
export { parseAuthorizationSubject, parseSubjectId } from './subject-id.js';
