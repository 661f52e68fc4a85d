import { isJsonObject, withValueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { ThingEvent } from '@gemel/model/signals';

/**
 * What an event says, in the form of a thing that holds nothing else but its id: the changed part at its place.
 * Of a merge patch what is written, of a deletion nothing, as in Ditto.
 * @param value of the event, as far as the reader may see it
 */
export function sparseThing(event: ThingEvent, value: JsonValue | undefined): JsonObject {
  const identity = { thingId: event.id };
  const written = event.action === 'merged' ? withoutNulls(value) : value;
  if (written === undefined) return identity;
  const thing = withValueAt(identity, event.path, written);
  return isJsonObject(thing) ? { ...thing, ...identity } : identity;
}

function withoutNulls(value: JsonValue | undefined): JsonValue | undefined {
  if (value === null) return undefined;
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, child]): [string, JsonValue][] => {
    const kept = withoutNulls(child);
    return kept === undefined ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries);
}
