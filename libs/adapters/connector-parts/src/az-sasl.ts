import { createHmac } from 'node:crypto';

import { parseDuration } from '@gemel/model/time';
import type { HmacCredentials } from '@gemel/model/connections';

/** Seven days, in milliseconds. */
const STANDARD_TTL_MS = 604_800_000;

/** A shared access signature of Azure (Ditto: connectivity-hmac-signing, `az-sasl`). */
export interface SharedAccess {
  readonly keyName: string;
  readonly endpoint: string;
  /** `sr=…&sig=…&se=…&skn=…` */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** @param now milliseconds since 1970 */
export function sharedAccess({ parameters }: HmacCredentials, now: number): SharedAccess {
  const text = (name: string): string => (typeof parameters[name] === 'string' ? parameters[name] : '');
  const [endpoint, keyName, ttl] = [text('endpoint'), text('sharedKeyName'), text('ttl')];
  const expires = now + ((ttl === '' ? undefined : parseDuration(ttl)) ?? STANDARD_TTL_MS);
  const resource = encoded(endpoint);
  const seconds = Math.floor(expires / 1_000);
  const key = Buffer.from(text('sharedKey'), 'base64');
  const signature = createHmac('sha256', key).update(`${resource}\n${seconds}`).digest('base64');
  return {
    keyName,
    endpoint,
    token: `sr=${resource}&sig=${encoded(signature)}&se=${seconds}&skn=${keyName}`,
    expires,
  };
}

/** Percent-encodes all but what RFC 3986 calls unreserved. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}
