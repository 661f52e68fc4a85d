import { JsonFieldMissing, isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject } from '../json/index.js';

/**
 * Refuses, as Ditto does, a connection that lacks what every connection has, whatever else is wrong with it.
 * @throws JsonFieldMissing
 */
export function requireMembers(json: JsonObject): void {
  const type = member(json, 'connectionType');
  if (type === undefined) throw new JsonFieldMissing('connectionType');
  // Where Hono is the operator says.
  if (type !== 'hono' && member(json, 'uri') === undefined) throw new JsonFieldMissing('uri');
  const targets = member(json, 'targets');
  for (const [index, target] of (isJsonArray(targets) ? targets : []).entries()) {
    if (isJsonObject(target) && member(target, 'address') === undefined) {
      throw new JsonFieldMissing(`targets/${String(index)}/address`);
    }
  }
}
