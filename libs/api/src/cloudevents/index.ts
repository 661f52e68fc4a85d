export { cloudEventRoutes } from './cloud-event-routes.js';
export type { CloudEventReceivers } from './cloud-event-routes.js';
