import { valueAt } from '../json/index.js';
import type { JsonObject } from '../json/index.js';

/** Types form a graph, twins form trees; each thing is one of them. */
export type Kind = 'type' | 'twin';

const IS_TYPE = ['attributes', '_isType'];

/** A thing is a twin unless it says that it is a type. */
export function kindOf(thing: JsonObject): Kind {
  return valueAt(thing, IS_TYPE) === true ? 'type' : 'twin';
}

/** Whether it says what it is: a part of a thing that has no such member may be of either kind. */
export function tellsKind(part: JsonObject): boolean {
  return valueAt(part, IS_TYPE) !== undefined;
}
