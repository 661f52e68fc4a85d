import { PolicyEntryModificationInvalid, partNotFound, partNotModifiable } from '../errors.js';
import type { PolicyPart } from '../errors.js';
import type { PolicyResourceDefinition } from './policy-resource.js';

/** The refusals of a resource inside an entry; `part` is its place in Ditto's error codes. */
export function refusalsOf(
  part: PolicyPart,
): Pick<PolicyResourceDefinition, 'notFound' | 'notModifiable' | 'modificationInvalid'> {
  return {
    notFound: partNotFound(part),
    notModifiable: partNotModifiable(part),
    modificationInvalid: (id, path) => new PolicyEntryModificationInvalid(id, path[1] ?? ''),
  };
}
