import { defineError } from '@gemel/model/errors';
import type { ErrorClass, GemelError } from '@gemel/model/errors';
import { HeaderInvalid } from '@gemel/model/headers';
import type { Preconditions } from './context.js';

/** What is done to the tagged resource; for the first two a missing resource is no matter of preconditions. */
export type PreconditionVerb = 'retrieve' | 'delete' | 'modify';

export interface PreconditionErrors {
  readonly failed: ErrorClass<[header: string, given: string, current: string]>;
  readonly notModified: ErrorClass<[given: string]>;
  /** `if-equal` says not to do what changes nothing. */
  readonly equal: ErrorClass<[]>;
}

/** Ditto has the same refusals once per area. */
export function preconditionErrors(area: 'things' | 'policies' | 'connectivity'): PreconditionErrors {
  const code = `${area}:precondition.failed`;
  return {
    failed: defineError(code, 412, (header: string, given: string, current: string) => ({
      message: `'${header}: ${given}' does not hold: the entity tag is ${current}.`,
      description: 'Retrieve the resource and decide again with its current entity tag.',
    })),
    notModified: defineError(`${area}:precondition.notmodified`, 304, (given: string) => ({
      message: `The resource still has an entity tag of 'if-none-match: ${given}'.`,
    })),
    equal: defineError(code, 412, () => ({
      message: "The new value is equal to the present one, and the header 'if-equal' asks to skip such a change.",
      description: 'Nothing was changed, as asked for.',
    })),
  };
}

const TAG = /^(?:W\/)?"[^"*]*"$/;

/**
 * Holds a command to its entity tags, If-Match before If-None-Match. Tags compare strongly in both, as in Ditto.
 * @param currentEtag quotes included; undefined when the resource is not there
 * @throws `errors.failed` (412) or, for a retrieve that If-None-Match spares, `errors.notModified` (304), both with the
 *   current `etag` in their headers; HeaderInvalid
 */
export function checkPreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  currentEtag: string | undefined,
  verb: PreconditionVerb,
  errors: PreconditionErrors,
): void {
  const matches = ifMatch === undefined || includesTag('if-match', ifMatch, currentEtag);
  const spared = ifNoneMatch !== undefined && includesTag('if-none-match', ifNoneMatch, currentEtag);
  if (currentEtag === undefined && verb !== 'modify') return;
  const current = currentEtag ?? 'absent';
  if (ifMatch !== undefined && !matches) throw tagged(new errors.failed('if-match', ifMatch, current), currentEtag);
  if (ifNoneMatch === undefined || !spared) return;
  if (verb === 'retrieve') throw tagged(new errors.notModified(ifNoneMatch), currentEtag);
  throw tagged(new errors.failed('if-none-match', ifNoneMatch, current), currentEtag);
}

function includesTag(header: string, value: string, currentEtag: string | undefined): boolean {
  if (value.trim() === '*') return currentEtag !== undefined;
  const tags = value.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => TAG.test(tag))) {
    throw new HeaderInvalid(header, value, 'Send * or entity tags in double quotes, separated by commas.');
  }
  return currentEtag !== undefined && tags.includes(currentEtag);
}

/** A refusal that names the current entity tag. */
export function tagged(error: GemelError, etag: string | undefined): GemelError {
  if (etag !== undefined) error.headers = { etag };
  return error;
}
