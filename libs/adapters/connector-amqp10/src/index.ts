export { amqp10Connector } from './amqp10-connector.js';
export { DEFAULT_OPTIONS } from './amqp10-options.js';
export type { Amqp10ConnectorOptions } from './amqp10-options.js';
