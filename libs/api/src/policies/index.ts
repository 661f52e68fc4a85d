export { tokenIntegrationRoutes } from './token-integration-routes.js';
export type { TokenIntegrationParts } from './token-integration-routes.js';
export { policyRoutes } from './policy-routes.js';
export type { PolicyCommands, PolicyRouteParts } from './policy-routes.js';
