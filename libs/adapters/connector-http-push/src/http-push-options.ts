import { DEFAULT_OPTIONS as COMMON, wallClock } from '@gemel/connector-parts';
import type { ConnectorOptions } from '@gemel/connector-parts';

import type { HttpProxy } from './http-proxy.js';

export interface HttpPushConnectorOptions extends Pick<
  ConnectorOptions,
  'firstPauseMs' | 'longestPauseMs' | 'connectTimeoutMs'
> {
  /** Requests that wait or are under way, of one connection. */
  readonly requestsInFlight: number;
  /** Longest body of an answer that is read. */
  readonly answerBytes: number;
  /** A token is renewed so long before it expires. */
  readonly tokenSkewMs: number;
  /** Whether tokens are only asked for over https. */
  readonly tokensNeedHttps: boolean;
  /** Undefined: requests go directly. Connections that lead through an SSH server never use it. */
  readonly proxy: HttpProxy | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const DEFAULT_OPTIONS: HttpPushConnectorOptions = {
  ...COMMON,
  requestsInFlight: 1_000,
  answerBytes: 262_144,
  tokenSkewMs: 60_000,
  tokensNeedHttps: true,
  proxy: undefined,
  now: wallClock,
};
