import { createHash, timingSafeEqual } from 'node:crypto';
import { AuthenticationFailed } from '@gemel/model/authentication';
import { parseSubjectId } from '@gemel/model/policies';
import type { Authenticator, Credentials, Principal, Role } from './authentication.js';

/** Someone who signs in with a password. */
export interface PasswordUser {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
}

/** Header texts remembered; every one of them is right, so that strangers cannot fill it. */
const MAX_REMEMBERED = 1_000;

/**
 * HTTP Basic, and the `Token user:password` form that InfluxDB clients send.
 * User `x` has the subject `nginx:x`, as behind Ditto's proxy.
 */
export class PasswordAuthenticator implements Authenticator {
  /** By name; one name may have several roles, each with a password. */
  readonly #users = new Map<string, readonly KnownUser[]>();
  readonly #remembered = new Map<string, Principal>();

  constructor(users: readonly PasswordUser[]) {
    for (const { name, password, role } of users) {
      const known = {
        digest: digest(password),
        principal: { subjects: [parseSubjectId(`nginx:${name}`)], role },
      } as const;
      this.#users.set(name, [...(this.#users.get(name) ?? []), known]);
    }
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
    const given = digest(password);
    const known = this.#users.get(name) ?? NOBODY;
    return known.find((user) => timingSafeEqual(given, user.digest))?.principal;
  }

  #verify({ name, password }: NamePassword): Principal {
    const principal = this.signIn(name, password);
    if (principal === undefined) throw new AuthenticationFailed('The user name or the password is wrong.');
    return principal;
  }
}

interface KnownUser {
  readonly digest: Buffer;
  readonly principal: Principal | undefined;
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
  if (colon < 0) throw new AuthenticationFailed('The Authorization header holds no user:password.');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function digest(password: string): Buffer {
  return createHash('sha256').update(password).digest();
}

/** An unknown name costs as much as a wrong password. */
const NOBODY: readonly KnownUser[] = [{ digest: Buffer.alloc(32), principal: undefined }];
