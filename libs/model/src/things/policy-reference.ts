import { parsePolicyId, parseThingId } from '../ids/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { ReferenceFieldUnknown, ReferenceNotSupported } from './errors.js';

/** Where a new thing's policy is copied from: a policy, or that of another thing. */
export type PolicyReference =
  { readonly of: 'policy'; readonly policyId: PolicyId } | { readonly of: 'thing'; readonly thingId: ThingId };

const REFERENCE = /^\{\{\s*ref:([^/]*)\/(.+)\/([^/]*?)\s*\}\}$/;

/**
 * The text of `_copyPolicyFrom`: a policy's id, or `{{ ref:things/<id>/policyId }}` (Ditto, "Placeholders").
 * @throws PolicyIdInvalid, ThingIdInvalid, ReferenceNotSupported, ReferenceFieldUnknown
 */
export function parsePolicyReference(text: string): PolicyReference {
  const [, kind, id, field] = REFERENCE.exec(text.trim()) ?? [];
  if (kind === undefined || id === undefined || field === undefined) {
    if (text.includes('{{')) throw new ReferenceNotSupported(text);
    return { of: 'policy', policyId: parsePolicyId(text) };
  }
  if (kind !== 'things') throw new ReferenceNotSupported(kind);
  if (field !== 'policyId') throw new ReferenceFieldUnknown(field);
  return { of: 'thing', thingId: parseThingId(id) };
}
