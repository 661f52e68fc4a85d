import { DEFAULT_OPTIONS as COMMON, wallClock } from '@gemel/connector-parts';
import type { ConnectorOptions } from '@gemel/connector-parts';

export interface KafkaConnectorOptions extends ConnectorOptions {
  /** Without a sign of life for so long a consumer counts as gone. In milliseconds. */
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Between commits of offsets. */
  readonly commitIntervalMs: number;
  /** Before what was rejected is fetched again. */
  readonly redeliveryPauseMs: number;
  /** Wall clock, for expiry: milliseconds since 1970. */
  readonly now: () => number;
}

export const DEFAULT_OPTIONS: KafkaConnectorOptions = {
  ...COMMON,
  sessionTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  commitIntervalMs: 100,
  redeliveryPauseMs: 1_000,
  now: wallClock,
};
