export { kafkaConnector } from './kafka-connector.js';
export { DEFAULT_OPTIONS } from './kafka-options.js';
export type { KafkaConnectorOptions } from './kafka-options.js';
