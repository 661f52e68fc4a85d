import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';

/** The id that every stored thing holds. */
export function idOf(thing: JsonObject): ThingId {
  const id = member(thing, 'thingId');
  return parseThingId(typeof id === 'string' ? id : '');
}
