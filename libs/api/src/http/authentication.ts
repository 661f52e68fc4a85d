import type { VerifiedToken } from '@gemel/application/ports';
import type { SubjectId } from '@gemel/model/policies';

/** A user reaches the twins; `status` the state of the service; an operator that and the devops routes, but no twins. */
export type Role = 'user' | 'status' | 'operator';

/** Who sent a request. */
export interface Principal {
  /** The first is the originator of what the request causes. */
  readonly subjects: readonly [SubjectId, ...SubjectId[]];
  readonly role: Role;
  /** That go with every signal they send, beside those of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By which they have proved who they are, if it was one. */
  readonly token?: VerifiedToken;
}

/** Where credentials are looked for. */
export interface Credentials {
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  query(name: string): string | undefined;
}

/** One way to prove who one is. */
export interface Authenticator {
  /**
   * Undefined when the request holds no credentials of this kind: the next way is tried.
   * @throws GemelError when it holds some and they are wrong: the next way is tried, too
   */
  authenticate(credentials: Credentials): Principal | undefined | Promise<Principal | undefined>;
}
