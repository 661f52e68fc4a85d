import type { ApiRequest } from './api-request.js';
import type { Authenticator, Principal } from './authentication.js';
import { AuthenticationFailed } from './errors.js';
import type { Access } from './route.js';

/**
 * Finds out who sends the request and whether they may call a route with this access; sets the request's principal.
 * Answers at once unless an authenticator needs time.
 * @throws AuthenticationFailed with the challenges of the authenticators
 */
export function authenticate(
  request: ApiRequest,
  access: Access,
  authenticators: readonly Authenticator[],
): Promise<void> | undefined {
  if (access === 'none') return undefined;
  try {
    const principal = firstPrincipal(request, authenticators);
    if (principal instanceof Promise) {
      return principal
        .then((found) => admit(request, access, found))
        .catch((error: unknown) => challenge(error, authenticators));
    }
    admit(request, access, principal);
    return undefined;
  } catch (error) {
    challenge(error, authenticators);
  }
}

function firstPrincipal(
  request: ApiRequest,
  authenticators: readonly Authenticator[],
  from = 0,
): Principal | undefined | Promise<Principal | undefined> {
  for (let at = from; at < authenticators.length; at++) {
    const principal = authenticators[at]?.authenticate(request);
    if (principal instanceof Promise) {
      return principal.then((found) => found ?? firstPrincipal(request, authenticators, at + 1));
    }
    if (principal !== undefined) return principal;
  }
  return undefined;
}

function admit(request: ApiRequest, access: Access, principal: Principal | undefined): void {
  if (principal === undefined) throw new AuthenticationFailed('it holds no credentials');
  if (access === 'operator' && !principal.operator) throw new AuthenticationFailed('only an operator may do this');
  if (access === 'user' && principal.operator) throw new AuthenticationFailed('an operator is not a user of the twins');
  request.principal = principal;
}

function challenge(error: unknown, authenticators: readonly Authenticator[]): never {
  const challenges = authenticators
    .map((authenticator) => authenticator.challenge)
    .filter((text) => text !== undefined);
  if (error instanceof AuthenticationFailed && challenges.length > 0) {
    error.headers = { 'www-authenticate': challenges.join(', ') };
  }
  throw error;
}
