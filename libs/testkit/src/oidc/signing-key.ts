import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject, SignKeyObjectInput } from 'node:crypto';

/** Kinds of keys that issuers have; `oct` is what nobody should trust. */
export type KeyKind = 'RSA' | 'P-256' | 'P-384' | 'P-521';

/** A private key, and what an issuer publishes of it. */
export interface SigningKey {
  readonly publicKey: JsonWebKey;
  readonly privateKey: KeyObject;
}

export function createSigningKey(kind: KeyKind, kid: string): SigningKey {
  const pair =
    kind === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: kind });
  return { privateKey: pair.privateKey, publicKey: { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

/** A JSON Web Signature in its compact form, made without the library that checks it. `none` and `HS…` are forgeries. */
export function signToken(header: object, claims: object, { privateKey, publicKey }: SigningKey): string {
  const algorithm = 'alg' in header ? String(header.alg) : '';
  const text = `${base64Url(header)}.${base64Url(claims)}`;
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm === 'none') return `${text}.`;
  if (algorithm.startsWith('HS'))
    return `${text}.${createHmac(hash, JSON.stringify(publicKey)).update(text).digest('base64url')}`;
  return `${text}.${sign(hash, Buffer.from(text), keyInput(algorithm, privateKey)).toString('base64url')}`;
}

function keyInput(algorithm: string, key: KeyObject): SignKeyObjectInput {
  if (algorithm.startsWith('PS'))
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return algorithm.startsWith('ES') ? { key, dsaEncoding: 'ieee-p1363' } : { key };
}

function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
