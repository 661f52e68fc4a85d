import { namespaceOf } from '@gemel/model/ids';
import { selectFields } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import type { PolicyState } from '@gemel/model/policies';
import { formatInstant } from '@gemel/model/time';

/** What a reader gets of what is readable of a policy: all of it, or the selected fields, hidden ones only when named. */
export function project(view: JsonObject, state: PolicyState, fields: FieldSelector | undefined): JsonObject {
  if (fields === undefined) return view;
  const hidden = {
    _namespace: namespaceOf(state.policy.policyId),
    _revision: state.revision,
    _created: formatInstant(state.created),
    _modified: formatInstant(state.modified),
  };
  return selectFields({ ...view, ...hidden }, fields);
}
