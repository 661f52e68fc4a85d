export { httpPushConnector } from './http-push-connector.js';
export type { HttpProxy } from './http-proxy.js';
export { DEFAULT_OPTIONS } from './http-push-options.js';
export type { HttpPushConnectorOptions } from './http-push-options.js';
