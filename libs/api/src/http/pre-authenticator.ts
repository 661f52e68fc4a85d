import { AuthenticationFailed } from '@gemel/model/authentication';
import { parseAuthorizationSubject } from '@gemel/model/policies';
import type { Authenticator, Credentials, Principal } from './authentication.js';

const NAME = 'x-ditto-pre-authenticated';

/**
 * Trusts the subjects in `x-ditto-pre-authenticated`, header or query parameter. Only behind a proxy that sets or
 * removes both.
 */
export class PreAuthenticator implements Authenticator {
  authenticate(credentials: Credentials): Principal | undefined {
    const text = credentials.header(NAME) ?? credentials.query(NAME);
    if (text === undefined) return undefined;
    const items = text.split(',').map((item) => item.trim());
    const [first, ...more] = items.filter((item) => item !== '').map(parseAuthorizationSubject);
    if (first !== undefined) return { subjects: [first, ...more], role: 'user' };
    throw new AuthenticationFailed(`'${NAME}: ${text}' names no subject.`);
  }
}
