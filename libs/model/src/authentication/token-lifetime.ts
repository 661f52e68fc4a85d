import { member } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import type { Instant } from '../time/index.js';
import { TokenNotVerified } from './errors.js';

const MS_PER_SECOND = 1_000;

/** When a token ceases to hold, `exp`; undefined when it never does. @throws TokenNotVerified when that is no number */
export function expiryOf(claims: JsonObject): Instant | undefined {
  return instantOf(claims, 'exp');
}

/**
 * Holds a token to its `exp` and `nbf`.
 * @param skewMs by how much the clocks of issuers may differ from ours
 * @throws TokenNotVerified
 */
export function checkLifetime(claims: JsonObject, now: Instant, skewMs: number): void {
  const expiry = instantOf(claims, 'exp');
  const clocks = `Here it is ${iso(now)}, and clocks may differ by ${String(skewMs)} ms.`;
  if (expiry !== undefined && now - skewMs > expiry)
    throw new TokenNotVerified(`It was over at ${iso(expiry)}. ${clocks}`);
  const start = instantOf(claims, 'nbf');
  if (start !== undefined && now + skewMs < start)
    throw new TokenNotVerified(`It counts only from ${iso(start)}. ${clocks}`);
}

/** Seconds since 1970 (RFC 7519, NumericDate), fractions allowed. */
function instantOf(claims: JsonObject, name: string): Instant | undefined {
  const value = member(claims, name);
  if (value === undefined) return undefined;
  const instant = typeof value === 'number' ? Math.floor(value * MS_PER_SECOND) : Number.NaN;
  if (!(Math.abs(instant) <= 8.64e15)) throw new TokenNotVerified(`The claim '${name}' is not a time.`);
  return instant;
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
