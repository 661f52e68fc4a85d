import { selectFields } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import { withHiddenMembers } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { SignalContext } from '../signals/index.js';

const POLICY = '_policy';

/** What a reader gets of a readable thing: all of it, or the selected fields, hidden ones only when named. */
export function project(thing: Thing, state: ThingState, fields: FieldSelector | undefined): JsonObject {
  return fields === undefined ? thing : selectFields(withHiddenMembers(thing, state), fields);
}

/** Whether the thing's policy is asked for, which can change without the thing: entity tags then say nothing. */
export function asksForPolicy(fields: FieldSelector | undefined): boolean {
  return fields?.children.has(POLICY) === true;
}

/** As `project`, with the thing's policy when it is asked for and the reader may read anything of it. */
export async function projectWithPolicy(
  thing: Thing,
  state: ThingState,
  fields: FieldSelector | undefined,
  {
    enforcers,
    subjects,
  }: Pick<SignalContext, 'subjects'> & { readonly enforcers: Pick<PolicyEnforcers, 'policyView'> },
): Promise<JsonObject> {
  if (fields === undefined || !asksForPolicy(fields)) return project(thing, state, fields);
  const policy = await enforcers.policyView(state.thing.policyId, subjects);
  const document = withHiddenMembers(thing, state);
  return selectFields(policy === undefined ? document : { ...document, [POLICY]: policy }, fields);
}
