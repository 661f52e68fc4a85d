import { nameOf, namespaceOf } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { Envelope } from '../protocol/index.js';

/** A command that merges a value into a twin. */
export function mergeCommand(
  thingId: ThingId,
  path: JsonPointer,
  value: JsonValue,
  headers: JsonObject = {},
): Envelope {
  return {
    topic: {
      namespace: namespaceOf(thingId),
      name: nameOf(thingId),
      group: 'things',
      channel: 'twin',
      criterion: 'commands',
      action: 'merge',
    },
    headers: { 'content-type': 'application/merge-patch+json', 'response-required': false, ...headers },
    path,
    value,
  };
}
