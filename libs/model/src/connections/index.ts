export { parseExchangeAddress } from './amqp-config.js';
export type { Amqp10Config, ExchangeAddress } from './amqp-config.js';
export { clientFor, clientPart, consumersAt } from './client-part.js';
export { CONNECTION_TYPES } from './connection-types.js';
export type { ConnectionType } from './connection-types.js';
export { formatAddress } from './connection-uri.js';
export type { ConnectionUri } from './connection-uri.js';
export { CLOSED, stepClient } from './connection-machine.js';
export type { ClientEffect, ClientInput, ClientState } from './connection-machine.js';
export { isOfType } from './connection.js';
export type {
  AcknowledgementRequests,
  Connection,
  ConnectionOf,
  Diversion,
  Enforcement,
  ReplyTarget,
  ResponseType,
  SignalTopic,
  Source,
  Target,
  TargetSignals,
  TlsSettings,
} from './connection.js';
export type {
  ClientCertificate,
  Credentials,
  HmacAlgorithm,
  HmacCredentials,
  OAuthCredentials,
} from './credentials.js';
export type { DeadLetterTarget } from './dead-letter-target.js';
export { OPENTWINS_EXTRA_FIELDS, defaultMqttConnection } from './default-mqtt-connection.js';
export type { DefaultMqttSettings } from './default-mqtt-connection.js';
export { DIVERTED_FROM, divertedTo } from './diversion.js';
export type { DivertedTo } from './diversion.js';
export { enforce } from './enforcement.js';
export {
  ConnectionConfigurationInvalid,
  ConnectionIdEnforcementFailed,
  ConnectionIdInvalid,
  ConnectionTopicInvalid,
  ConnectionUriInvalid,
} from './errors.js';
export {
  ConnectionConflict,
  ConnectionFailed,
  ConnectionHistoryNotAccessible,
  ConnectionIdNotSettable,
  ConnectionNotAccessible,
  ConnectionSignalIllegal,
  ConnectionTestFailed,
  ConnectionTimeout,
  ConnectionsAmountIllegal,
  ConnectivityCommandInvalid,
} from './management-errors.js';
export { mapHeaders, traceHeaders } from './header-mapping.js';
export type { HeaderMapping } from './header-mapping.js';
export { honoAsKafka } from './hono-config.js';
export type { HonoConfig, HonoKafka } from './hono-config.js';
export { parseHttpAddress } from './http-push-config.js';
export type { HttpAddress, HttpMethod, HttpPushConfig } from './http-push-config.js';
export { kafkaPartitionOf } from './kafka-partition.js';
export { parseKafkaAddress } from './kafka-config.js';
export type { KafkaAddress, KafkaConfig, SaslMechanism } from './kafka-config.js';
export type { LastWill, MqttConfig } from './mqtt-config.js';
export { topicNameFault, unsharedFilter } from '../topics/index.js';
export { parseConnectionId } from './connection-id.js';
export type { ConnectionId } from './connection-id.js';
export { DEFAULT_CONNECTION_LIMITS, parseConnection, parseConnections } from './parse-connection.js';
export type { ConnectionLimits, ConnectionRules } from './parse-connection.js';
export { requireMembers } from './required-members.js';
export { printConnection } from './print-connection.js';
export type { Qos } from './qos.js';
export { HIDDEN, SECRET_POINTERS, changeSecrets, hideSecrets, restoreSecrets } from './secrets.js';
export type { SshCredentials, SshTunnel } from './ssh-tunnel.js';
export { filterTest, matchesFilter } from '../topics/index.js';
