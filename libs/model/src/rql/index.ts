export type { Criteria, RqlProperty, RqlValue } from './criteria.js';
