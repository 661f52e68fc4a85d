import type { NewEntity } from '@gemel/model/creation';
import { namespaceOf } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { ThingDecision } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';

/** A thing that a decision makes, as the rules for creation look at it. */
export function newThing(thingId: ThingId, { value }: ThingDecision, { subjects }: SignalContext): NewEntity {
  const definition = isJsonObject(value) ? member(value, 'definition') : undefined;
  return {
    type: 'thing',
    id: thingId,
    namespace: namespaceOf(thingId),
    subjects,
    definition: typeof definition === 'string' ? definition : null,
  };
}
