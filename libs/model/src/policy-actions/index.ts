export { actionPath, decideTokenIntegration } from './token-integration.js';
export type { TokenAction, TokenIntegration } from './token-integration.js';
