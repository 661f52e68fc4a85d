import type { Preconditions, SignalContext } from '@gemel/application/signals';
import { parseFlag } from '@gemel/model/headers';

/** A header by its name in lower case, or the query parameter that stands for it. */
export type ReadHeader = (name: string) => string | undefined;

/**
 * What the headers of a request ask of the signal it sends: one line for each. What a header's text means is a function
 * of its own in `@gemel/model/headers`; a header read here leaves the list of those that are not supported.
 * @throws GemelError for the first header that is not valid
 */
export function askedByHeaders(header: ReadHeader) {
  return {
    preconditions: preconditionsOf(header),
    condition: header('condition'),
    allowPolicyLockout: parseFlag('allow-policy-lockout', header('allow-policy-lockout')),
  } satisfies Partial<SignalContext>;
}

function preconditionsOf(header: ReadHeader): Preconditions | undefined {
  const ifMatch = header('if-match');
  const ifNoneMatch = header('if-none-match');
  return ifMatch === undefined && ifNoneMatch === undefined ? undefined : { ifMatch, ifNoneMatch };
}
