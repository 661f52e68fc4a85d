export { wildcardMatcher } from './wildcard-matcher.js';
