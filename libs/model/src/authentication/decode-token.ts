import { JsonFieldMissing, JsonInvalid, isJsonArray, isJsonObject, member, parseJson } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import { JwtAudienceInvalid, JwtInvalid } from './errors.js';

/** What a JSON Web Token says of itself (RFC 7519); nothing of it is proven. */
export interface DecodedToken {
  /** How it is signed, `alg`; empty when it does not say. */
  readonly algorithm: string;
  /** `kid`: which of the issuer's keys signed it. */
  readonly keyId: string;
  /** `iss`, as it is in the token. */
  readonly issuer: string;
  readonly claims: JsonObject;
}

/**
 * The token of an `Authorization` header; undefined when that holds credentials of another kind.
 * @throws JwtInvalid
 */
export function bearerToken(authorization: string): string | undefined {
  if (!/^bearer(?: |$)/i.test(authorization)) return undefined;
  const [, token, ...rest] = authorization.trimEnd().split(' ');
  if (token === undefined || rest.length > 0)
    throw new JwtInvalid("Write the header as 'Authorization: Bearer <token>'.");
  return token;
}

/** @throws JwtInvalid, JwtAudienceInvalid; JsonFieldMissing without `iss` or `kid` */
export function decodeToken(text: string): DecodedToken {
  const [first, second, signature, ...rest] = text.split('.');
  if (first === undefined || second === undefined || !signature || rest.length > 0)
    throw new JwtInvalid('It has three parts with dots between: header, claims and signature.');
  const header = decodePart(first);
  const claims = decodePart(second);
  const issuer = requiredText(claims, 'iss');
  const keyId = requiredText(header, 'kid');
  checkAudience(claims);
  const algorithm = member(header, 'alg');
  return { algorithm: typeof algorithm === 'string' ? algorithm : '', keyId, issuer, claims };
}

function decodePart(part: string): JsonObject {
  try {
    if (!/^[\w-]*={0,2}$/.test(part)) throw new JsonInvalid('it is no Base64 URL');
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const value = parseJson(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
    if (isJsonObject(value)) return value;
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw new JwtInvalid('Header and claims must be JSON objects in base64url.');
}

function requiredText(part: JsonObject, name: string): string {
  const value = member(part, name);
  if (typeof value !== 'string' || value === '') throw new JsonFieldMissing(`/${name}`);
  return value;
}

function checkAudience(claims: JsonObject): void {
  const audience = member(claims, 'aud');
  if (audience === undefined || typeof audience === 'string') return;
  if (isJsonArray(audience) && audience.every((item) => typeof item === 'string')) return;
  throw new JwtAudienceInvalid(JSON.stringify(audience));
}
