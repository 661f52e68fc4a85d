import { entries } from './entries.js';
import { entry } from './entry.js';
import { importable } from './importable.js';
import type { PolicyResource, PolicyResourceDefinition } from './policy-resource.js';
import { resource } from './resource.js';
import { resources } from './resources.js';
import { subject } from './subject.js';
import { subjects } from './subjects.js';
import { policy } from './whole-policy.js';

/** Every resource of a policy; a forgotten one does not compile. */
export const policyResources = {
  policy,
  entries,
  entry,
  importable,
  subjects,
  subject,
  resources,
  resource,
} satisfies Record<PolicyResource, PolicyResourceDefinition>;

export { parsePolicy } from './whole-policy.js';
export type { PolicyContext, PolicyResource, PolicyResourceDefinition } from './policy-resource.js';
