export type { Permission, Policy, PolicyEntry, PolicyState, ResourceType, SubjectId } from './policy.js';
