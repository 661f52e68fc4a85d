import { isJsonArray, valueAt } from '@gemel/model/json';
import { policyResources } from '@gemel/model/policies';
import type { Policy, PolicyPath, PolicyResourceDefinition } from '@gemel/model/policies';
import { entityTag } from '../signals/index.js';

/** Stands for an entry's allowed additions when it does not restrict them: another tag than that of an empty list. */
const UNRESTRICTED = { allowedAdditions: 'unrestricted' };

/**
 * Entity tag of what is at a path of a policy; undefined when nothing is there. Ditto has none of importable,
 * namespaces and the parts of an import, and none of an empty list of references.
 */
export function policyTag(policy: Policy | undefined, revision: number, path: PolicyPath): string | undefined {
  const { resource, pointer } = path;
  const { isUntagged }: PolicyResourceDefinition = policyResources[resource];
  if (policy === undefined || isUntagged === true) return undefined;
  const value = valueAt(policy, pointer);
  if (resource === 'references' && isJsonArray(value) && value.length === 0) return undefined;
  if (resource !== 'allowedAdditions' || value !== undefined) return entityTag(policy, revision, pointer);
  const hasEntry = valueAt(policy, pointer.slice(0, 2)) !== undefined;
  return hasEntry ? entityTag(UNRESTRICTED, revision, ['allowedAdditions']) : undefined;
}
