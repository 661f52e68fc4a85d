import type { LoadLimits } from './load.js';

/** How a connector behaves towards the network; what users choose is in the connection. */
export interface ConnectorOptions extends LoadLimits {
  /** First pause before it connects again; doubles with each failure. In milliseconds. */
  readonly firstPauseMs: number;
  /** So long at most nobody notices that the other side is back. */
  readonly longestPauseMs: number;
  /** For the other side to answer a new connection. */
  readonly connectTimeoutMs: number;
  /** Messages sent and not confirmed yet. */
  readonly publishesInFlight: number;
}

export const DEFAULT_OPTIONS: ConnectorOptions = {
  firstPauseMs: 1_000,
  longestPauseMs: 8_000,
  connectTimeoutMs: 10_000,
  messagesInFlight: 1_000,
  bytesInFlight: 67_108_864,
  publishesInFlight: 1_000,
};

/** Milliseconds since 1970, for what other sides compare with their own clocks. */
export const wallClock = (): number => performance.timeOrigin + performance.now();
