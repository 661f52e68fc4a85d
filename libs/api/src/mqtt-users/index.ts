export { mqttUserRoutes } from './mqtt-user-routes.js';
