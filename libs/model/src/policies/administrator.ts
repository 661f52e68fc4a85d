import type { Permission, Policy, PolicyEntry } from './policy.js';

/**
 * Whether somebody can change the policy for good: a subject without expiry is granted WRITE on `policy:/` itself,
 * and no entry revokes it from them there (Ditto, "at least one permanent subject").
 */
export function hasAdministrator(policy: Policy): boolean {
  const entries = Object.values(policy.entries);
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
