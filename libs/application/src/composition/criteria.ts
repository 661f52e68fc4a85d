import { PARENTS } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { Scope } from '../search/index.js';

/** All things of a kind. */
export function ofKind(kind: Kind): Scope {
  return { kind };
}

/** Those of a kind that have no parent: none, null, or an object without members, as `fix` may leave it. */
export function rootsOfKind(kind: Kind): Scope {
  return { kind, criteria: { op: 'empty', property: PARENTS } };
}

/** Those of a kind that have, or may have, a parent. */
export function linkedOfKind(kind: Kind): Scope {
  return { kind, criteria: { op: 'exists', property: PARENTS } };
}

/** Those of a kind that name one of the ids as a parent. */
export function childrenOfAny(kind: Kind, parentIds: readonly ThingId[]): Scope {
  if (kind === 'twin') return { kind, criteria: { op: 'in', property: PARENTS, values: parentIds } };
  return {
    kind,
    criteria: { op: 'or', operands: parentIds.map((id) => ({ op: 'exists', property: [...PARENTS, id] })) },
  };
}

/** Things with one of the ids. */
export function withId(...ids: readonly ThingId[]): Scope {
  return { criteria: { op: 'in', property: ['thingId'], values: ids } };
}

/** Twins that were made of a type. */
export function instancesOf(typeId: ThingId): Scope {
  return { kind: 'twin', criteria: { op: 'eq', property: ['attributes', 'type'], value: typeId } };
}
