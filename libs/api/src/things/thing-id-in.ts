import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { ApiRequest } from '../http/index.js';

/** The id in the path; an empty namespace stands for the default one. @throws ThingIdInvalid */
export function thingIdIn(request: ApiRequest<'thingId'>, defaultNamespace: string): ThingId {
  return thingIdOf(request.param('thingId'), defaultNamespace);
}

/** @throws ThingIdInvalid */
export function thingIdOf(text: string, defaultNamespace: string): ThingId {
  return parseThingId(text.startsWith(':') ? defaultNamespace + text : text);
}
