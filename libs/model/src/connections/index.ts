export type { ConnectionType } from './connection-types.js';
export { formatAddress } from './connection-uri.js';
export type { ConnectionUri } from './connection-uri.js';
export type {
  AcknowledgementRequests,
  Connection,
  ConnectionId,
  Enforcement,
  ReplyTarget,
  ResponseType,
  SignalTopic,
  Source,
  Target,
  TargetSignals,
  TlsSettings,
} from './connection.js';
export { OPENTWINS_EXTRA_FIELDS, defaultMqttConnection } from './default-mqtt-connection.js';
export type { DefaultMqttSettings } from './default-mqtt-connection.js';
export { enforce } from './enforcement.js';
export { ConnectionConfigurationInvalid, ConnectionIdEnforcementFailed } from './errors.js';
export { mapHeaders, traceHeaders } from './header-mapping.js';
export type { HeaderMapping } from './header-mapping.js';
export type { LastWill, MqttConfig } from './mqtt-config.js';
export { isTopicName, unsharedFilter } from './mqtt-topics.js';
export { parseConnection, parseConnections } from './parse-connection.js';
export type { Qos } from './qos.js';
export { filterTest, matchesFilter } from './topic-filter.js';
