import type { Step } from '@gemel/model/composition';
import type { ImportMode } from '@gemel/model/jobs';
import { isJsonObject, jsonEquals, mergePatch, withoutMember } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { Thing } from '@gemel/model/things';
import type { ThingItem } from '@gemel/model/types';

/** What an import does with one thing, and the thing as it will be. */
export interface ImportStep {
  readonly step: Step;
  readonly after: JsonObject;
  /** False when the thing is like that already. */
  readonly isChange: boolean;
}

/** @param before the thing as it is; undefined when it is not there */
export function importStep({ thingId, thing }: ThingItem, before: Thing | undefined, how: ImportMode): ImportStep {
  const value = withoutMember(thing, 'thingId');
  if (before === undefined || how === 'create') {
    const after = how === 'merge' ? mergePatch(undefined, thing) : thing;
    return {
      step: { command: { kind: 'create', thingId, value } },
      after: isJsonObject(after) ? after : thing,
      isChange: true,
    };
  }
  const after = how === 'replace' ? thing : mergePatch(before, thing);
  const known = isJsonObject(after) ? after : thing;
  return {
    step: { command: { kind: how === 'replace' ? 'modify' : 'merge', thingId, path: [], value }, before },
    after: known,
    // A thing keeps its policy where a replacement names none.
    isChange: !jsonEquals({ policyId: before.policyId, ...known }, before),
  };
}
