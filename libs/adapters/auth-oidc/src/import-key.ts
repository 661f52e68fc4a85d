import { JwkInvalid, TokenNotVerified } from '@gemel/model/authentication';
import { member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { CryptoKey, JWK } from 'jose';

/** By type of key: signatures that anybody could make (HMAC with a public key, none at all) are not among them. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  EC: ['ES256', 'ES384', 'ES512'],
};
const CURVES = ['P-256', 'P-384', 'P-521'];

/**
 * The public key for signatures by one algorithm.
 * @param where the key was found
 * @throws JwkInvalid; TokenNotVerified when such a key makes no such signatures
 */
export async function importKey(key: JsonObject, algorithm: string, where: string): Promise<CryptoKey> {
  const type = text(key, 'kty');
  const curve = text(key, 'crv');
  const invalid = `The key of the issuer, from ${where}, cannot be used`;
  const algorithms = Object.hasOwn(ALGORITHMS, type) ? ALGORITHMS[type] : undefined;
  if (algorithms === undefined) throw new JwkInvalid(`${invalid}: its type is '${type}'.`);
  if (type === 'EC' && !CURVES.includes(curve)) throw new JwkInvalid(`${invalid}: its curve is '${curve}'.`);
  if (!algorithms.includes(algorithm))
    throw new TokenNotVerified(`The key of the issuer makes no signatures by '${algorithm}'.`);
  const { importJWK } = await import('jose');
  try {
    const imported = await importJWK(jwkOf(key), algorithm);
    if (!(imported instanceof Uint8Array)) return imported;
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw new JwkInvalid(`${invalid}.`);
}

function text(key: JsonObject, name: string): string {
  const value = member(key, name);
  return typeof value === 'string' ? value : '';
}

/** The members that make a public key, whatever else the issuer says about it. */
function jwkOf(key: JsonObject): JWK {
  const names = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;
  return Object.fromEntries(names.filter((name) => text(key, name) !== '').map((name) => [name, text(key, name)]));
}
