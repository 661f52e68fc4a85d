export { DEFAULT_OPTIONS } from './connector-options.js';
export type { MqttConnectorOptions } from './connector-options.js';
export { mqttConnector } from './mqtt-connector.js';
