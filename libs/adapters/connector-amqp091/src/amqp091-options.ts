import { DEFAULT_OPTIONS as COMMON } from '@gemel/connector-parts';
import type { ConnectorOptions } from '@gemel/connector-parts';

export interface Amqp091ConnectorOptions extends ConnectorOptions {
  /** Before what was rejected may be sent again. In milliseconds. */
  readonly redeliveryPauseMs: number;
  /** Between signs of life. */
  readonly heartbeatSeconds: number;
}

export const DEFAULT_OPTIONS: Amqp091ConnectorOptions = { ...COMMON, redeliveryPauseMs: 1_000, heartbeatSeconds: 30 };
