import { PARENTS } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { Scope } from '../search/index.js';

/** Types that name a type as parent. */
export function childTypesOf(typeId: ThingId): Scope {
  return { kind: 'type', criteria: { op: 'exists', property: [...PARENTS, typeId] } };
}

/** Types that have an attribute. */
export function typesWith(attribute: string): Scope {
  return { kind: 'type', criteria: { op: 'exists', property: ['attributes', attribute] } };
}
