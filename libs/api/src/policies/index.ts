export { policyRoutes } from './policy-routes.js';
export type { PolicyCommands, PolicyRouteParts } from './policy-routes.js';
