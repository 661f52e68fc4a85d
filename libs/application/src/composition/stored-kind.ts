import { kindOf } from '@gemel/model/composition';
import type { Kind } from '@gemel/model/composition';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';

/**
 * The kind of a thing of which somebody sees a part: who reads its features only does not make a type a twin.
 * @param seen tells for a thing that is gone meanwhile
 */
export function storedKind(state: ThingState | undefined, seen: JsonObject): Kind {
  return kindOf(liveThing(state) ?? seen);
}
