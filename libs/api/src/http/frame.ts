import type { Clock, IdSource, Logger } from '@gemel/application/ports';
import type { Authenticator } from './authentication.js';
import type { HttpsPolicy } from './https.js';
import type { NamespacePolicy } from './namespace-policy.js';
import type { HttpMetrics } from './http-metrics.js';

/** What all routes of a server share. */
export interface HttpFrame {
  /** Asked in this order; the first that succeeds decides. */
  readonly authenticators: readonly Authenticator[];
  /** Who lets callers in where it is not `authenticators`; `open` asks for no credentials. */
  readonly doors?: Readonly<Partial<Record<'status' | 'operator', readonly Authenticator[] | 'open'>>>;
  readonly ids: IdSource;
  /** By which streams end with the tokens that opened them. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: HttpMetrics;
  /** Origins that browsers may call from; `*` for any; none when absent or empty. */
  readonly corsOrigins?: readonly string[];
  /** What is done about requests that come without TLS; they are taken when absent. */
  readonly https?: HttpsPolicy;
  /** Which namespaces callers may reach at all; any when absent. */
  readonly namespaces?: NamespacePolicy;
  /** Whether a request that belongs to no trace begins one. */
  readonly beginsTraces?: boolean;
}
