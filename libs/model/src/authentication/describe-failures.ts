import type { GemelError } from '../errors/index.js';
import { AuthenticationFailed } from './errors.js';

/**
 * What a caller is told whose credentials were refused in each way that they were tried: the only refusal, else the
 * first that is no 401, else all of them in one, as Ditto does. Undefined when nothing was tried.
 */
export function describeFailures(failures: readonly GemelError[]): GemelError | undefined {
  const [first, second] = failures;
  if (second === undefined) return first;
  const other = failures.find(({ status }) => status !== 401);
  if (other !== undefined) return other;
  const hints = failures.flatMap(({ description }) => (description === undefined ? [] : `{ ${description} }`));
  return new AuthenticationFailed(
    'The request holds several credentials, and none was accepted.',
    `What would help each of them: ${hints.join(', ')}.`,
  );
}
