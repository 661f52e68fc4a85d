export { startIssuer } from './test-issuer.js';
export type { TestIssuer, TokenOptions } from './test-issuer.js';
