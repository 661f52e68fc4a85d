import type { JsonPointer } from '../json/index.js';

/** Where a predicate looks: a pointer into the thing; a `*` segment after `features` means any feature. */
export type RqlProperty = JsonPointer;

/** A literal; a `time:now…` placeholder stays symbolic until it is compiled with an instant. */
export type RqlValue = null | boolean | number | string | { readonly time: string };

/** RQL's abstract syntax. */
export type Criteria =
  | { readonly op: 'and' | 'or'; readonly operands: readonly Criteria[] }
  | { readonly op: 'not'; readonly operand: Criteria }
  | {
      readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'like' | 'ilike';
      readonly property: RqlProperty;
      readonly value: RqlValue;
    }
  | { readonly op: 'in'; readonly property: RqlProperty; readonly values: readonly RqlValue[] }
  | { readonly op: 'exists' | 'empty'; readonly property: RqlProperty };
