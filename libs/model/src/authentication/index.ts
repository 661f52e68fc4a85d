export { bearerOf } from './bearer-of.js';
export type { Bearer } from './bearer-of.js';
export { bearerToken, decodeToken } from './decode-token.js';
export type { DecodedToken } from './decode-token.js';
export { describeFailures } from './describe-failures.js';
export {
  AuthenticationFailed,
  AuthenticationProviderUnavailable,
  JwkInvalid,
  JwtAudienceInvalid,
  JwtConditionFailed,
  JwtInvalid,
  JwtIssuerNotSupported,
  NamespaceNotAccessible,
  PublicKeyProviderUnavailable,
  TokenNotVerified,
} from './errors.js';
export { NamespaceAccess, NamespaceRulesInvalid, parseNamespaceRules } from './namespace-access.js';
export type { NamespaceRule, NamespacedType } from './namespace-access.js';
export { TokenIssuersInvalid, parseTokenIssuers } from './token-issuer.js';
export type { TokenIssuer } from './token-issuer.js';
export { checkLifetime, expiryOf } from './token-lifetime.js';
