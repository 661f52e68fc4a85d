import { isJsonObject, member, removesByRegex, valueAt } from '../json/index.js';
import type { JsonPointer, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import type { Thing } from '../things/index.js';

/** What dashboards group and filter the series of a thing by; a part that is no string has no tag. */
export interface ThingTags {
  /** The parent twin, from the attribute `_parents`; a type's `_parents` is an object and gives none. */
  readonly parent?: string | undefined;
  /** From `features/idSimulationRun/properties/value`. */
  readonly idSimulationRun?: string | undefined;
}

const PARENT: JsonPointer = ['attributes', '_parents'];
const SIMULATION_RUN: JsonPointer = ['features', 'idSimulationRun', 'properties', 'value'];

/** The tags that a thing's content gives. */
export function tagsOf(thing: Thing): ThingTags {
  return { parent: text(valueAt(thing, PARENT)), idSimulationRun: text(valueAt(thing, SIMULATION_RUN)) };
}

/** The tags after an event, from those before it: the thing itself is not needed. */
export function tagsAfter(event: ThingEvent, before: ThingTags): ThingTags {
  const parent = tagAfter(event, PARENT, before.parent);
  const idSimulationRun = tagAfter(event, SIMULATION_RUN, before.idSimulationRun);
  return parent === before.parent && idSimulationRun === before.idSimulationRun ? before : { parent, idSimulationRun };
}

/** No tag can be this: it stands for what was before. */
const UNKNOWN: ThingTags = { parent: '\u0000', idSimulationRun: '\u0000' };

/** Whether an event sets or removes what a tag is made of. */
export function changesTags(event: ThingEvent): boolean {
  return tagsAfter(event, UNKNOWN) !== UNKNOWN;
}

/** The tags after consecutive events of a thing; undefined when they depend on what was before these. */
export function tagsAlong(events: readonly ThingEvent[]): ThingTags | undefined {
  const tags = events.reduce((before, event) => tagsAfter(event, before), UNKNOWN);
  return tags.parent === UNKNOWN.parent || tags.idSimulationRun === UNKNOWN.idSimulationRun ? undefined : tags;
}

function tagAfter(event: ThingEvent, pointer: JsonPointer, before: string | undefined): string | undefined {
  const { path } = event;
  const common = Math.min(path.length, pointer.length);
  if (path.some((segment, index) => index < common && segment !== pointer[index])) return before;
  // Something inside the tag's place was set: it is an object then. A deletion there cannot have made it a string.
  if (path.length > pointer.length) return undefined;
  if (event.value === undefined) return undefined;
  const inside = pointer.slice(path.length);
  return event.action === 'merged' ? merged(event.value, inside, before) : text(valueAt(event.value, inside));
}

function merged(patch: JsonValue, inside: JsonPointer, before: string | undefined): string | undefined {
  let current = patch;
  let kept = before;
  for (const segment of inside) {
    // A patch that is no object replaces the whole part, and the tag's place with it.
    if (!isJsonObject(current)) return undefined;
    if (removesByRegex(current, segment)) kept = undefined;
    const next = member(current, segment);
    if (next === undefined) return kept;
    current = next;
  }
  return text(current);
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
