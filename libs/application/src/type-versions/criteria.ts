import { PARENTS } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { Criteria } from '@gemel/model/rql';

const IS_TYPE: Criteria = { op: 'eq', property: ['attributes', '_isType'], value: true };

/** Types that name a type as parent. */
export function childTypesOf(typeId: ThingId): Criteria {
  return { op: 'and', operands: [IS_TYPE, { op: 'exists', property: [...PARENTS, typeId] }] };
}

/** Types that have an attribute. */
export function typesWith(attribute: string): Criteria {
  return { op: 'and', operands: [IS_TYPE, { op: 'exists', property: ['attributes', attribute] }] };
}
