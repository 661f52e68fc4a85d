import { PolicyEntryModificationInvalid, partNotFound, partNotModifiable } from '../errors.js';
import type { PolicyResourceDefinition } from './policy-resource.js';

/** The refusals of a resource inside an entry; `code` is its place in Ditto's error codes. */
export function refusalsOf(
  code: string,
  what: string,
): Pick<PolicyResourceDefinition, 'notFound' | 'notModifiable' | 'modificationInvalid'> {
  return {
    notFound: partNotFound(code, what),
    notModifiable: partNotModifiable(code, what),
    modificationInvalid: (id, path) => new PolicyEntryModificationInvalid(id, path[1] ?? ''),
  };
}
