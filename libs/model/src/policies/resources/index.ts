import { allowedAdditions } from './allowed-additions.js';
import { entries } from './entries.js';
import { entry } from './entry.js';
import { importable } from './importable.js';
import { imports } from './imports.js';
import { namespaces } from './namespaces.js';
import { importEntries, policyImport, transitiveImports } from './policy-import.js';
import type { PolicyResource, PolicyResourceDefinition } from './policy-resource.js';
import { references } from './references.js';
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
  namespaces,
  allowedAdditions,
  references,
  subjects,
  subject,
  resources,
  resource,
  imports,
  import: policyImport,
  importEntries,
  transitiveImports,
} satisfies Record<PolicyResource, PolicyResourceDefinition>;

export { parsePolicy } from './whole-policy.js';
export { parseAnnouncement } from './subject-announcement.js';
export { futureExpiry } from './subject-expiry.js';
export { checkCount } from './imports.js';
export type { PolicyContext, PolicyResource, PolicyResourceDefinition, PolicyTarget } from './policy-resource.js';
