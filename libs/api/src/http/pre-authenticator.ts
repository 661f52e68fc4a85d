import { SubjectIdInvalid, parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import { AuthenticationFailed } from './errors.js';
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
    const [first, ...more] = text.split(',').map((item) => subject(item.trim()));
    if (first === undefined) throw new AuthenticationFailed(`${NAME} is empty`);
    return { subjects: [first, ...more], operator: false };
  }
}

function subject(text: string): SubjectId {
  try {
    return parseSubjectId(text);
  } catch (error) {
    if (error instanceof SubjectIdInvalid)
      throw new AuthenticationFailed(`${NAME} must list subjects as issuer:subject`);
    throw error;
  }
}
