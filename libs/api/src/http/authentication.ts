import type { SubjectId } from '@gemel/model/policies';

/** Who sent a request. */
export interface Principal {
  /** The first is the originator of what the request causes. */
  readonly subjects: readonly [SubjectId, ...SubjectId[]];
  /** Operators reach the operator routes and nothing else. */
  readonly operator: boolean;
}

/** Where credentials are looked for. */
export interface Credentials {
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  query(name: string): string | undefined;
}

/** One way to prove who one is. */
export interface Authenticator {
  /** Value of `WWW-Authenticate` that offers this way, if it has one. */
  readonly challenge?: string;
  /**
   * Undefined when the request holds no credentials of this kind: the next way is tried.
   * @throws AuthenticationFailed when it holds some and they are wrong
   */
  authenticate(credentials: Credentials): Principal | undefined | Promise<Principal | undefined>;
}
