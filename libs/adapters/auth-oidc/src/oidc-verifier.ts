import { createHash } from 'node:crypto';
import type { TokenVerifier, VerifiedToken } from '@gemel/application/ports';
import {
  JwtIssuerNotSupported,
  TokenNotVerified,
  checkLifetime,
  decodeToken,
  expiryOf,
} from '@gemel/model/authentication';
import type { DecodedToken, TokenIssuer } from '@gemel/model/authentication';
import type { CryptoKey } from 'jose';
import { BoundedCache } from './bounded-cache.js';
import { importKey } from './import-key.js';
import { IssuerKeys } from './issuer-keys.js';

export interface OidcVerifierOptions {
  readonly issuers: readonly TokenIssuer[];
  /** Milliseconds since 1970. @default the machine's clock */
  readonly now?: () => number;
  /** By how much the clocks of issuers may differ from ours, in milliseconds. @default 10,000, as in Ditto */
  readonly clockSkewMs?: number;
  /** How long an issuer may take to answer, in milliseconds. @default 5,000 */
  readonly timeoutMs?: number;
}

/** As in Ditto: after that the issuer is asked again, so that a key that it withdraws stops to count. */
const KEY_LIFETIME_MS = 3_600_000;
const MAX_KEYS = 32;
/** Verified tokens, by their digests. Every one of them is right, so that strangers cannot fill it. */
const MAX_TOKENS = 10_000;

interface Trusted {
  readonly issuer: TokenIssuer;
  readonly keys: IssuerKeys;
}

interface Key {
  readonly key: CryptoKey;
  readonly until: number;
}

export function openOidcVerifier(options: OidcVerifierOptions): TokenVerifier {
  return new OidcVerifier(options);
}

class OidcVerifier implements TokenVerifier {
  /** By `iss`, with and without its scheme. */
  readonly #trusted = new Map<string, Trusted>();
  readonly #keys: BoundedCache<Key>;
  readonly #tokens: BoundedCache<VerifiedToken>;
  readonly #now: () => number;
  readonly #skewMs: number;

  constructor({ issuers, now = Date.now, clockSkewMs = 10_000, timeoutMs = 5_000 }: OidcVerifierOptions) {
    this.#now = now;
    this.#skewMs = clockSkewMs;
    this.#keys = new BoundedCache(MAX_KEYS, now);
    this.#tokens = new BoundedCache(MAX_TOKENS, now);
    for (const issuer of issuers) {
      for (const name of issuer.issuers) {
        const url = `${issuer.protocol}://${name}`;
        const trusted = { issuer, keys: new IssuerKeys({ url, timeoutMs, now }) };
        this.#trusted.set(name, trusted).set(url, trusted);
      }
    }
  }

  verify(token: string): VerifiedToken | Promise<VerifiedToken> {
    const digest = createHash('sha256').update(token).digest('base64');
    return this.#tokens.get(digest) ?? this.#prove(token, digest);
  }

  async #prove(token: string, digest: string): Promise<VerifiedToken> {
    const decoded = decodeToken(token);
    const trusted = this.#trusted.get(decoded.issuer);
    if (trusted === undefined) throw new JwtIssuerNotSupported(decoded.issuer);
    const { key, until } = await this.#key(trusted, decoded);
    const { compactVerify } = await import('jose');
    try {
      await compactVerify(token, key, { algorithms: [decoded.algorithm] });
    } catch (error) {
      throw new TokenNotVerified(error instanceof Error ? error.message : 'The signature is wrong.');
    }
    checkLifetime(decoded.claims, this.#now(), this.#skewMs);
    const expiry = expiryOf(decoded.claims);
    const verified = { issuer: trusted.issuer, claims: decoded.claims, expiry };
    this.#tokens.set(digest, verified, Math.min(until, (expiry ?? Infinity) + this.#skewMs));
    return verified;
  }

  async #key({ keys }: Trusted, { issuer, keyId, algorithm }: DecodedToken): Promise<Key> {
    const name = JSON.stringify([issuer, keyId, algorithm]);
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const found = await keys.find(keyId);
    if (found === undefined) throw new TokenNotVerified(`The issuer '${issuer}' has no key '${keyId}'.`);
    const until = this.#now() + KEY_LIFETIME_MS;
    const key = { key: await importKey(found, algorithm, keys.discoveryUrl), until };
    this.#keys.set(name, key, until);
    return key;
  }
}
