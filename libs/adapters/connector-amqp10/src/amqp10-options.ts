import { DEFAULT_OPTIONS as COMMON, wallClock } from '@gemel/connector-parts';
import type { ConnectorOptions } from '@gemel/connector-parts';

export interface Amqp10ConnectorOptions extends ConnectorOptions {
  /** Before what was rejected may be sent again. In milliseconds. */
  readonly redeliveryPauseMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const DEFAULT_OPTIONS: Amqp10ConnectorOptions = { ...COMMON, redeliveryPauseMs: 1_000, now: wallClock };
