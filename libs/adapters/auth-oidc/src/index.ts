export { openOidcVerifier } from './oidc-verifier.js';
export type { OidcVerifierOptions } from './oidc-verifier.js';
