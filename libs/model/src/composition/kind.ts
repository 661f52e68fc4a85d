import { valueAt } from '../json/index.js';
import type { JsonObject } from '../json/index.js';

/** Types form a graph, twins form trees; each thing is one of them. */
export type Kind = 'type' | 'twin';

/** A thing is a twin unless it says that it is a type. */
export function kindOf(thing: JsonObject): Kind {
  return valueAt(thing, ['attributes', '_isType']) === true ? 'type' : 'twin';
}
