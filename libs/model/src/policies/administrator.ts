import type { Permission, Policy, PolicyEntry } from './policy.js';
import { resolveLocally } from './resolve.js';

/**
 * Whether somebody can change the policy for good: a subject without expiry is granted WRITE on `policy:/` itself,
 * and no entry revokes it from them there (Ditto, "at least one permanent subject"). Not asked of a policy with imports,
 * which may grant it.
 */
export function hasAdministrator(policy: Policy): boolean {
  if (Object.keys(policy.imports).length > 0) return true;
  const entries = resolveLocally(policy);
  const revoked = new Set(
    entries.filter((entry) => writeOnPolicy(entry, 'revoke')).flatMap((entry) => Object.keys(entry.subjects)),
  );
  return entries
    .filter((entry) => writeOnPolicy(entry, 'grant'))
    .some((entry) =>
      Object.entries(entry.subjects).some(([id, subject]) => subject.expiry === undefined && !revoked.has(id)),
    );
}

function writeOnPolicy(entry: PolicyEntry, effect: 'grant' | 'revoke'): boolean {
  const permissions: readonly Permission[] = entry.resources['policy:/']?.[effect] ?? [];
  return permissions.includes('WRITE');
}
