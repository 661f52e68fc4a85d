export { amqp091Connector } from './amqp091-connector.js';
export { DEFAULT_OPTIONS } from './amqp091-options.js';
export type { Amqp091ConnectorOptions } from './amqp091-options.js';
