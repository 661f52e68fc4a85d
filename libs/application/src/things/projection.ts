import { selectFields } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import { withHiddenMembers } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';

/** What a reader gets of a readable thing: all of it, or the selected fields, hidden ones only when named. */
export function project(thing: Thing, state: ThingState, fields: FieldSelector | undefined): JsonObject {
  return fields === undefined ? thing : selectFields(withHiddenMembers(thing, state), fields);
}
