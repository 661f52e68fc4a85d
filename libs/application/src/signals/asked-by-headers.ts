import {
  parseFlag,
  parseIfEqual,
  parseLiveHeaders,
  parseMetadataHeaders,
  parsePastMoment,
  parsePatchConditions,
  parsePolicyView,
} from '@gemel/model/headers';
import type { Preconditions, SignalContext } from './context.js';

/** A header's text by its name in lower case, or what stands for it where the signal comes from. */
export type ReadHeader = (name: string) => string | undefined;

/**
 * What headers ask of the signal that they come with, over HTTP or in a message: one line for each. What a header's text means is a function
 * of its own in `@gemel/model/headers`; a header read here leaves the list of those that are not supported.
 * @throws GemelError for the first header that is not valid
 */
export function askedByHeaders(header: ReadHeader) {
  return {
    preconditions: preconditionsOf(header),
    condition: header('condition'),
    metadata: parseMetadataHeaders({
      put: header('put-metadata'),
      get: header('get-metadata'),
      delete: header('delete-metadata'),
    }),
    ifEqual: parseIfEqual(header('if-equal')),
    patchConditions: parsePatchConditions(header('merge-thing-patch-conditions')),
    live: parseLiveHeaders(header),
    past: parsePastMoment(header('at-historical-revision'), header('at-historical-timestamp')),
    allowPolicyLockout: parseFlag('allow-policy-lockout', header('allow-policy-lockout')),
    policyView: parsePolicyView(header('policy-view')),
  } satisfies Partial<SignalContext>;
}

function preconditionsOf(header: ReadHeader): Preconditions | undefined {
  const ifMatch = header('if-match');
  const ifNoneMatch = header('if-none-match');
  return ifMatch === undefined && ifNoneMatch === undefined ? undefined : { ifMatch, ifNoneMatch };
}
