import { namespaceOf } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import { formatInstant } from '../time/index.js';
import { visibleMetadata } from './metadata/index.js';
import type { Thing, ThingState } from './thing.js';

/**
 * A readable thing with the hidden members that Ditto shows on request and that RQL can ask for:
 * `_namespace`, `_revision`, `_created`, `_modified`, and `_metadata` of what is readable when there is some.
 */
export function withHiddenMembers(thing: Thing, state: ThingState): JsonObject {
  const { metadata } = state;
  const visible = metadata === undefined ? undefined : visibleMetadata(metadata, state.thing, thing);
  return {
    ...thing,
    _namespace: namespaceOf(state.thing.thingId),
    _revision: state.revision,
    _created: formatInstant(state.created),
    _modified: formatInstant(state.modified),
    ...(visible === undefined ? undefined : { _metadata: visible }),
  };
}
