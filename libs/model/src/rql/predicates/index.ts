export { comparisons, isIn } from './comparison.js';
export { ilike, like } from './like.js';
export { instantOf } from './literal.js';
export type { Literal } from './literal.js';
export { empty, exists } from './presence.js';
export type { Predicate, SomeValue, Test } from './predicate.js';
