import type { GemelError } from '@gemel/model/errors';
import { formatPointer, isJsonObject, valueAt } from '@gemel/model/json';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { thingResourceAt, thingResources } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';

/** A thing, what somebody may read of it, and by which right. */
export interface SeenThing {
  readonly thing: Thing;
  readonly view: Thing;
  readonly enforcer: Pick<Enforcer, 'permitsPartially'>;
}

/**
 * What somebody may read at a path. Of an object in which nothing but something below may be read, the empty object when
 * that is not there (as in Ditto).
 * @throws GemelError the 404 of what is missing first on the way; that of the part itself when nothing of it may be read
 */
export function readablePart({ thing, view, enforcer }: SeenThing, path: JsonPointer): JsonValue {
  const value = path.length === 0 ? view : valueAt(view, path);
  if (value !== undefined) return value;
  if (!enforcer.permitsPartially('thing', path, 'READ')) throw notFound(thing, path);
  if (isJsonObject(valueAt(thing, path))) return {};
  throw notFound(thing, containersOf(path).find((container) => valueAt(thing, container) === undefined) ?? path);
}

/** What a part is in that has a 404 of its own: attributes, the feature, its properties. */
function containersOf(path: JsonPointer): readonly JsonPointer[] {
  const lengths = path[0] === 'features' ? [2, 3] : [1];
  return lengths.filter((length) => length < path.length).map((length) => path.slice(0, length));
}

function notFound({ thingId }: Thing, path: JsonPointer): GemelError {
  return new thingResources[thingResourceAt(path)].notFound(thingId, formatPointer(path));
}
