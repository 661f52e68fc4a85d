import { AuthenticationFailed, describeFailures } from '@gemel/model/authentication';
import { GemelError } from '@gemel/model/errors';
import type { ApiRequest } from './api-request.js';
import type { Authenticator, Principal, Role } from './authentication.js';
import type { HttpFrame } from './frame.js';
import type { Access } from './route.js';

/** Who may enter, by what a route asks for. */
const ADMITTED: Readonly<Record<Exclude<Access, 'none'>, readonly Role[]>> = {
  user: ['user'],
  status: ['status', 'operator'],
  operator: ['operator'],
};

/** Offered by these routes only, as in Ditto. */
const CHALLENGES: Readonly<Partial<Record<Access, string>>> = {
  status: 'Basic realm="DITTO-STATUS", charset="UTF-8"',
  operator: 'Basic realm="DITTO-DEVOPS", charset="UTF-8"',
};

/**
 * Finds out who sends the request and whether they may call a route with this access; sets the request's principal.
 * Answers at once unless an authenticator needs time.
 * @throws GemelError as the authenticators refuse; AuthenticationFailed with a challenge where there is one
 */
export function authenticate(
  request: ApiRequest,
  access: Access,
  { authenticators, doors }: Pick<HttpFrame, 'authenticators' | 'doors'>,
): Promise<void> | undefined {
  if (access === 'none') return undefined;
  const door = (access === 'user' ? undefined : doors?.[access]) ?? authenticators;
  if (door === 'open') return undefined;
  try {
    const principal = firstPrincipal(request, door, 0, []);
    if (principal instanceof Promise) {
      return principal
        .then((found) => admit(request, access, found))
        .catch((error: unknown) => challenge(error, access));
    }
    admit(request, access, principal);
    return undefined;
  } catch (error) {
    challenge(error, access);
  }
}

/** Of the first way that succeeds; undefined when the request has no credentials. @throws GemelError all ways refused */
function firstPrincipal(
  request: ApiRequest,
  authenticators: readonly Authenticator[],
  from: number,
  failures: GemelError[],
): Principal | undefined | Promise<Principal | undefined> {
  for (let at = from; at < authenticators.length; at++) {
    try {
      const principal = authenticators[at]?.authenticate(request);
      if (principal instanceof Promise) {
        return principal
          .catch((error: unknown) => void failures.push(refusal(error)))
          .then((found) => found ?? firstPrincipal(request, authenticators, at + 1, failures));
      }
      if (principal !== undefined) return principal;
    } catch (error) {
      failures.push(refusal(error));
    }
  }
  const failure = describeFailures(failures);
  if (failure !== undefined) throw failure;
  return undefined;
}

function refusal(error: unknown): GemelError {
  if (error instanceof GemelError) return error;
  throw error;
}

function admit(request: ApiRequest, access: Exclude<Access, 'none'>, principal: Principal | undefined): void {
  if (principal === undefined) throw new AuthenticationFailed('The request holds no credentials.');
  if (!ADMITTED[access].includes(principal.role)) throw new AuthenticationFailed(`This takes the role '${access}'.`);
  request.principal = principal;
}

function challenge(error: unknown, access: Access): never {
  const offered = CHALLENGES[access];
  if (error instanceof AuthenticationFailed && offered !== undefined) error.headers = { 'www-authenticate': offered };
  throw error;
}
