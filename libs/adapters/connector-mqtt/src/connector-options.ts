import { DEFAULT_OPTIONS as COMMON } from '@gemel/connector-parts';
import type { ConnectorOptions } from '@gemel/connector-parts';

/** How the connector behaves towards the network; brokers of MQTT 5 are told how many messages may be in flight. */
export interface MqttConnectorOptions extends ConnectorOptions {
  /** How long a broker of MQTT 5 keeps the session, and what comes meanwhile, while nobody is connected. */
  readonly sessionExpirySeconds: number;
}

export const DEFAULT_OPTIONS: MqttConnectorOptions = {
  ...COMMON,
  // A week: longer than any outage that somebody wants to survive without a loss.
  sessionExpirySeconds: 604_800,
};
