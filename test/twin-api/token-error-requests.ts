import type { TestIssuer } from '@gemel/testkit/oidc';
import type { ErrorRequest } from './error-request.js';

/** Nobody listens there. */
const AWAY = 'http://127.0.0.1:1';
/** One whose keys are odd and whose tokens lack something, and one that fails. */
export interface Issuers {
  readonly odd: TestIssuer;
  readonly failing: TestIssuer;
}

export function issuerSettings({ odd, failing }: Issuers): string {
  const issuers = {
    odd: { issuer: odd.url, 'prerequisite-conditions': ['{{ jwt:nothing }}'] },
    failing: failing.url,
    away: AWAY,
  };
  return JSON.stringify(issuers);
}

/** What is refused of tokens, by whom they are from. */
export function tokenErrorRequests({ odd, failing }: Issuers): readonly ErrorRequest[] {
  odd.publish({ kid: 'odd', kty: 'oct', k: 'AA' });
  failing.behaviour = 'failing';
  const bearing = (token: string) => ({
    method: 'GET',
    path: '/api/2/whoami',
    headers: { authorization: `Bearer ${token}` },
  });
  return [
    { code: 'jwt:audience.invalid', status: 400, ...bearing(odd.token({ sub: 'x', aud: 1 })) },
    { code: 'jwk:invalid', status: 400, ...bearing(odd.token({ sub: 'x' }, { header: { alg: 'RS256', kid: 'odd' } })) },
    { code: 'gateway:jwt.condition.failed', status: 401, ...bearing(odd.token({ sub: 'x' })) },
    { code: 'gateway:authentication.provider.unavailable', status: 503, ...bearing(failing.token({ sub: 'x' })) },
    { code: 'gateway:publickey.provider.unavailable', status: 503, ...bearing(odd.token({ iss: AWAY, sub: 'x' })) },
  ];
}
