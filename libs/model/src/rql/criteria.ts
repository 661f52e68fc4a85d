import type { JsonPointer } from '../json/index.js';

/**
 * Where a predicate looks: a pointer into the thing; a `*` segment after `features` means any feature.
 * `namespace` is the thing id's; `topic:…`, `resource:…` (root members of an event's document) and `time:…` are one segment.
 */
export type RqlProperty = JsonPointer;

/** A literal; a `time:…` placeholder (here without the prefix) stays symbolic until it is compiled with an instant. */
export type RqlValue = null | boolean | number | string | { readonly time: string };

export type RqlComparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** RQL's abstract syntax. */
export type Criteria =
  | { readonly op: 'and' | 'or'; readonly operands: readonly Criteria[] }
  | { readonly op: 'not'; readonly operand: Criteria }
  | { readonly op: RqlComparison; readonly property: RqlProperty; readonly value: RqlValue }
  | { readonly op: 'in'; readonly property: RqlProperty; readonly values: readonly RqlValue[] }
  | {
      readonly op: 'like' | 'ilike';
      readonly property: RqlProperty;
      /** `*` stands for any characters, `?` for one. */
      readonly pattern: string;
    }
  | { readonly op: 'exists' | 'empty'; readonly property: RqlProperty };
