export { MessageStreams } from './message-streams.js';
export { messageRoutes } from './message-routes.js';
export type { MessageRouteParts } from './message-routes.js';
