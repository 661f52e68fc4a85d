import { valueAt } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import type { Criteria } from '../rql/index.js';

/** Types form a graph, twins form trees; each thing is one of them. */
export type Kind = 'type' | 'twin';

const IS_TYPE = ['attributes', '_isType'];

const TYPES: Criteria = { op: 'eq', property: IS_TYPE, value: true };

/** What whole things of a kind match. A part of one may lack what tells: who searches in parts names the kind itself. */
export function criteriaOfKind(kind: Kind): Criteria {
  return kind === 'type' ? TYPES : { op: 'not', operand: TYPES };
}

/** A thing is a twin unless it says that it is a type. */
export function kindOf(thing: JsonObject): Kind {
  return valueAt(thing, IS_TYPE) === true ? 'type' : 'twin';
}

/** Whether it says what it is: a part of a thing that has no such member may be of either kind. */
export function tellsKind(part: JsonObject): boolean {
  return valueAt(part, IS_TYPE) !== undefined;
}
