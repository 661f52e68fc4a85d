import type { InFlightLimits } from './read-gate.js';
import type { SessionLimits } from './sessions.js';

export interface BrokerLimits extends SessionLimits, InFlightLimits {
  /** Connections at a time. */
  readonly clients: number;
  /** Longest packet, in bytes; a longer one closes its connection. */
  readonly packetBytes: number;
  /** In UTF-16 code units. */
  readonly clientIdLength: number;
  readonly subscriptionsPerClient: number;
  /** Bytes that may wait for one subscriber to take them; then it is closed. */
  readonly subscriberBytes: number;
  /** Time for the CONNECT packet, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Time for messages under way when the broker closes, in milliseconds. */
  readonly closeTimeoutMs: number;
}

const MIB = 1_048_576;

export const DEFAULT_LIMITS: BrokerLimits = {
  clients: 10_000,
  // Above the 1 MiB that ingest takes: what is a little too large is confirmed and recorded there instead of sent for ever.
  packetBytes: 2 * MIB,
  clientIdLength: 256,
  subscriptionsPerClient: 100,
  subscriberBytes: 16 * MIB,
  connectTimeoutMs: 10_000,
  closeTimeoutMs: 5_000,
  messagesPerClient: 1_000,
  bytes: 64 * MIB,
  sessions: 10_000,
  queuedMessages: 1_000,
  queuedBytes: 8 * MIB,
  allQueuedBytes: 256 * MIB,
  retainedMessages: 10_000,
  retainedBytes: 64 * MIB,
};
