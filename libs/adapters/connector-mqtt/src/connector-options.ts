/** How the connector behaves towards the network; what users choose is in the connection. */
export interface MqttConnectorOptions {
  /** First pause before it connects again; doubles with each failure. In milliseconds. */
  readonly firstPauseMs: number;
  /** So long at most nobody notices that a broker is back. */
  readonly longestPauseMs: number;
  /** For the broker to answer a new connection. */
  readonly connectTimeoutMs: number;
  /** Messages received and not handled yet; beyond it nothing is read. Brokers of MQTT 5 are told. */
  readonly messagesInFlight: number;
  /** Payload bytes of those. */
  readonly bytesInFlight: number;
  /** Messages sent and not confirmed yet, when the broker does not say less. */
  readonly publishesInFlight: number;
  /** How long a broker of MQTT 5 keeps the session, and what comes meanwhile, while nobody is connected. */
  readonly sessionExpirySeconds: number;
}

export const DEFAULT_OPTIONS: MqttConnectorOptions = {
  firstPauseMs: 1_000,
  longestPauseMs: 8_000,
  connectTimeoutMs: 10_000,
  messagesInFlight: 1_000,
  bytesInFlight: 67_108_864,
  publishesInFlight: 1_000,
  // A week: longer than any outage that somebody wants to survive without a loss.
  sessionExpirySeconds: 604_800,
};
