import { PARENTS } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { Criteria } from '@gemel/model/rql';

const IS_TYPE: Criteria = { op: 'eq', property: ['attributes', '_isType'], value: true };

/** All things of a kind. */
export function ofKind(kind: Kind): Criteria {
  return kind === 'type' ? IS_TYPE : { op: 'not', operand: IS_TYPE };
}

/** Those of a kind that have no parent: none, null, or an object without members, as `fix` may leave it. */
export function rootsOfKind(kind: Kind): Criteria {
  return { op: 'and', operands: [ofKind(kind), { op: 'empty', property: PARENTS }] };
}

/** Those of a kind that have, or may have, a parent. */
export function linkedOfKind(kind: Kind): Criteria {
  return { op: 'and', operands: [ofKind(kind), { op: 'exists', property: PARENTS }] };
}

/** Those of a kind that name one of the ids as a parent. */
export function childrenOfAny(kind: Kind, parentIds: readonly ThingId[]): Criteria {
  const linked: Criteria =
    kind === 'twin'
      ? { op: 'in', property: PARENTS, values: parentIds }
      : { op: 'or', operands: parentIds.map((id) => ({ op: 'exists', property: [...PARENTS, id] })) };
  return { op: 'and', operands: [ofKind(kind), linked] };
}

/** Things with one of the ids. */
export function withId(...ids: readonly ThingId[]): Criteria {
  return { op: 'in', property: ['thingId'], values: ids };
}

/** Twins that were made of a type. */
export function instancesOf(typeId: ThingId): Criteria {
  const made: Criteria = { op: 'eq', property: ['attributes', 'type'], value: typeId };
  return { op: 'and', operands: [made, ofKind('twin')] };
}
