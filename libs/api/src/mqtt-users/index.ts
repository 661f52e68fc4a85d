export { deviceCredentialRoutes } from './device-credential-routes.js';
export { mqttUserRoutes } from './mqtt-user-routes.js';
