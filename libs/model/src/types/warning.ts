import type { ThingId } from '../ids/index.js';
import type { Violation } from './violations.js';

const MAX_LENGTH = 300;

/** The response header `warning` (RFC 7234) of a change that broke a type and was made all the same. */
export function typeWarning(typeId: ThingId, violations: readonly Violation[]): string {
  const [first] = violations;
  const more = violations.length > 1 ? ` and ${String(violations.length - 1)} more` : '';
  const text = `The twin breaks its type ${typeId} at ${first?.pointer ?? '/'}${more}`;
  return `299 gemel "${text.slice(0, MAX_LENGTH).replaceAll(/[^ -~]|["\\]/g, '?')}"`;
}
