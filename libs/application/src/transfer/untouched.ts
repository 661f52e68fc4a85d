import type { ThingId } from '@gemel/model/ids';
import { jsonEquals } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { ThingMatch } from '../ports/index.js';
import type { ImportStep } from './import-step.js';

/**
 * Things that an import leaves alone: they are like that already, and the caller may read them wholly. To others it would tell
 * what is in them.
 * @param seen the things as the caller sees them
 */
export function untouched(steps: readonly ImportStep[], seen: ReadonlyMap<ThingId, ThingMatch>): ReadonlySet<ThingId> {
  const alike = steps.filter(({ isChange }) => !isChange).map(({ step }) => step.command.thingId);
  return new Set(
    alike.filter((id) => {
      const match = seen.get(id);
      return match !== undefined && jsonEquals(match.thing, liveThing(match.state) ?? null);
    }),
  );
}
