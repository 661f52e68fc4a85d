import type { Step } from '@gemel/model/composition';
import type { ImportMode } from '@gemel/model/jobs';
import { isJsonObject, mergePatch, withoutMember } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import type { Thing } from '@gemel/model/things';
import type { ThingItem } from '@gemel/model/types';

/** What an import does with one thing, and the thing as it will be. */
export interface ImportStep {
  readonly step: Step;
  readonly after: JsonObject;
}

/** @param before the thing as it is; undefined when it is not there */
export function importStep({ thingId, thing }: ThingItem, before: Thing | undefined, how: ImportMode): ImportStep {
  const value = withoutMember(thing, 'thingId');
  if (before === undefined || how === 'create') {
    const after = how === 'merge' ? mergePatch(undefined, thing) : thing;
    return { step: { command: { kind: 'create', thingId, value } }, after: isJsonObject(after) ? after : thing };
  }
  if (how === 'replace')
    return { step: { command: { kind: 'modify', thingId, path: [], value }, before }, after: thing };
  const after = mergePatch(before, thing);
  return {
    step: { command: { kind: 'merge', thingId, path: [], value }, before },
    after: isJsonObject(after) ? after : thing,
  };
}
