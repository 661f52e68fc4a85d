import { withValueAt } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';
import { BodyInvalid } from '@gemel/model/composition';
import { isJsonObject } from '@gemel/model/json';
import type { Query } from '../http/index.js';

/** Names in a name, as in `features[gps][properties][unit]`. */
const MAX_DEPTH = 8;

/** The object that an HTML form describes: `a[b]=c` is `{"a":{"b":"c"}}`; values are text. @throws BodyInvalid */
export function formBody(form: Query): JsonObject {
  let body: JsonObject = {};
  for (const [name, values] of form) {
    const value = values.length === 1 ? (values[0] ?? '') : values;
    const next = withValueAt(body, pathOf(name), value);
    if (!isJsonObject(next)) throw new BodyInvalid();
    body = next;
  }
  return body;
}

function pathOf(name: string): JsonPointer {
  const match = /^([^[\]]+)((?:\[[^[\]]+\])*)$/.exec(name);
  if (match === null) throw new BodyInvalid();
  const [, head = '', rest = ''] = match;
  const path = [head, ...rest.split(/[[\]]+/).filter((part) => part !== '')];
  if (path.length > MAX_DEPTH) throw new BodyInvalid();
  return path;
}
