import { any } from './comparison.js';
import { wildcardMatcher } from '../../wildcards/index.js';
import type { Predicate } from './predicate.js';

/** Matches text, or a text in an array, as a whole. */
export function like(pattern: string): Predicate {
  const matches = wildcardMatcher(pattern);
  return any((value) => typeof value === 'string' && matches(value));
}

/** `like` whatever the case of the letters. */
export function ilike(pattern: string): Predicate {
  const matches = wildcardMatcher(pattern.toLowerCase());
  return any((value) => typeof value === 'string' && matches(value.toLowerCase()));
}
