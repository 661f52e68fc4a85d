import type { TokenVerifier, VerifiedToken } from '@gemel/application/ports';
import { AuthenticationFailed, bearerOf, bearerToken } from '@gemel/model/authentication';
import type { Authenticator, Credentials, Principal, Role } from './authentication.js';

export interface JwtAuthenticatorOptions {
  readonly verifier: TokenVerifier;
  /** Of whoever bears a token. @default user */
  readonly role?: Role;
  /** One of these subjects must be among the bearer's; any may when empty. */
  readonly expectedSubjects?: readonly string[];
}

/** JSON Web Tokens of OpenID Connect providers: `Authorization: Bearer`. */
export class JwtAuthenticator implements Authenticator {
  /** As long as the verifier remembers the tokens. */
  readonly #principals = new WeakMap<VerifiedToken, Principal>();

  constructor(private readonly options: JwtAuthenticatorOptions) {}

  authenticate(credentials: Credentials): Principal | undefined | Promise<Principal> {
    const header = credentials.header('authorization');
    const token = header === undefined ? undefined : bearerToken(header);
    return token === undefined ? undefined : this.signIn(token);
  }

  /** For transports that carry the token elsewhere than in the header. @throws GemelError */
  signIn(token: string): Principal | Promise<Principal> {
    const verified = this.options.verifier.verify(token);
    return verified instanceof Promise ? verified.then((proven) => this.#admit(proven)) : this.#admit(verified);
  }

  #admit(token: VerifiedToken): Principal {
    const known = this.#principals.get(token);
    if (known !== undefined) return known;
    const { role = 'user', expectedSubjects = [] } = this.options;
    const { subjects, headers } = bearerOf(token.issuer, token.claims);
    if (expectedSubjects.length > 0 && !subjects.some((subject) => expectedSubjects.includes(subject))) {
      throw new AuthenticationFailed(`The token is of ${subjects.join(', ')}, who may not do this.`);
    }
    const principal = { subjects, role, headers, token };
    this.#principals.set(token, principal);
    return principal;
  }
}
