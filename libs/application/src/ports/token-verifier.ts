import type { TokenIssuer } from '@gemel/model/authentication';
import type { JsonObject } from '@gemel/model/json';
import type { Instant } from '@gemel/model/time';

/** A token that its issuer has signed, and that holds now. */
export interface VerifiedToken {
  readonly issuer: TokenIssuer;
  readonly claims: JsonObject;
  /** `exp`; undefined when it never ceases to hold. */
  readonly expiry: Instant | undefined;
}

/**
 * Proves JSON Web Tokens by the keys that their issuers publish (OpenID Connect discovery). The same token gives the
 * same object for as long as it is remembered, and at once. However many tokens come, an issuer is asked a bounded
 * number of times, one at a time.
 */
export interface TokenVerifier {
  /**
   * @throws JwtInvalid, JwtAudienceInvalid, JsonFieldMissing for what is no such token
   * @throws JwtIssuerNotSupported, TokenNotVerified
   * @throws JwkInvalid, AuthenticationProviderUnavailable, PublicKeyProviderUnavailable when the issuer's key cannot be had
   */
  verify(token: string): VerifiedToken | Promise<VerifiedToken>;
}
