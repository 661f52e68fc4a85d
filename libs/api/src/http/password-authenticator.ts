import { createHash, timingSafeEqual } from 'node:crypto';
import { parseSubjectId } from '@gemel/model/policies';
import { AuthenticationFailed } from './errors.js';
import type { Authenticator, Credentials, Principal } from './authentication.js';

/** Someone who signs in with a password. */
export interface PasswordUser {
  readonly name: string;
  readonly password: string;
  readonly operator: boolean;
}

/** Header texts remembered; every one of them is right, so that strangers cannot fill it. */
const MAX_REMEMBERED = 1_000;

/**
 * HTTP Basic, and the `Token user:password` form that InfluxDB clients send.
 * User `x` has the subject `nginx:x`, as behind Ditto's proxy.
 */
export class PasswordAuthenticator implements Authenticator {
  readonly challenge = 'Basic realm="Gemel", charset="UTF-8"';
  readonly #users: ReadonlyMap<string, { readonly digest: Buffer; readonly principal: Principal }>;
  readonly #remembered = new Map<string, Principal>();

  constructor(users: readonly PasswordUser[]) {
    this.#users = new Map(
      users.map(({ name, password, operator }) => [
        name,
        { digest: digest(password), principal: { subjects: [parseSubjectId(`nginx:${name}`)], operator } },
      ]),
    );
  }

  authenticate(credentials: Credentials): Principal | undefined {
    const header = credentials.header('authorization');
    if (header === undefined) return undefined;
    const known = this.#remembered.get(header);
    if (known !== undefined) return known;

    const pair = namePasswordPair(header);
    if (pair === undefined) return undefined;
    const principal = this.#verify(pair);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(header, principal);
    return principal;
  }

  /** For transports other than HTTP; undefined when name or password is wrong. */
  signIn(name: string, password: string): Principal | undefined {
    const user = this.#users.get(name);
    // An unknown name costs as much as a wrong password.
    const matches = timingSafeEqual(digest(password), user?.digest ?? UNKNOWN);
    return matches ? user?.principal : undefined;
  }

  #verify({ name, password }: NamePassword): Principal {
    const principal = this.signIn(name, password);
    if (principal === undefined) throw new AuthenticationFailed('user name or password is wrong');
    return principal;
  }
}

interface NamePassword {
  readonly name: string;
  readonly password: string;
}

function namePasswordPair(header: string): NamePassword | undefined {
  const match = /^(Basic|Token) +(\S+) *$/i.exec(header);
  const [, scheme = '', value = ''] = match ?? [];
  if (match === null) return undefined;
  const text = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : value;
  const colon = text.indexOf(':');
  if (colon < 0) throw new AuthenticationFailed('the Authorization header holds no user:password');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function digest(password: string): Buffer {
  return createHash('sha256').update(password).digest();
}

const UNKNOWN = Buffer.alloc(32);
