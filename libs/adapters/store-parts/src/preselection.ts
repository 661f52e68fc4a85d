import type { ThingQuery } from '@gemel/application/ports';
import { criteriaOfKind } from '@gemel/model/composition';
import type { Criteria } from '@gemel/model/rql';

/** What is stored of each thing that a query may find, for indexes: its kind counts there as its criteria do. */
export function preselection({ kind, criteria }: ThingQuery): Criteria | undefined {
  if (kind === undefined) return criteria;
  const ofKind = criteriaOfKind(kind);
  return criteria === undefined ? ofKind : { op: 'and', operands: [ofKind, criteria] };
}
