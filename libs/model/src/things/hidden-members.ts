import { namespaceOf } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import { formatInstant } from '../time/index.js';
import type { Thing, ThingState } from './thing.js';

/**
 * A readable thing with the hidden members that Ditto shows on request and that RQL can ask for:
 * `_namespace`, `_revision`, `_created`, `_modified`.
 */
export function withHiddenMembers(thing: Thing, state: ThingState): JsonObject {
  return {
    ...thing,
    _namespace: namespaceOf(state.thing.thingId),
    _revision: state.revision,
    _created: formatInstant(state.created),
    _modified: formatInstant(state.modified),
  };
}
