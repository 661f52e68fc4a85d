import type { GemelError } from '../errors/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { formatPointer, isJsonObject, mergePatch, valueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { ThingEvent } from '../signals/index.js';
import type { DeleteThing, MergeThing, ModifyThing } from './command.js';
import { PathUnknown, ThingConflict, ThingNotAccessible } from './errors.js';
import type { PreparedCommand } from './prepare.js';
import { thingResourceAt, thingResources } from './resources/index.js';
import type { Thing, ThingState } from './thing.js';

/** The part of an event that a command decides; revision, timestamp and headers are the caller's to add. */
export interface ThingDecision {
  readonly action: ThingEvent['action'];
  readonly path: JsonPointer;
  readonly value?: JsonValue;
  /** Whether what the path addresses came into being: 201 instead of 204. */
  readonly created: boolean;
}

/**
 * What a command does to a thing that the caller may write. Pure; a deleted thing counts as absent.
 * A thing that is created without a policy id gets `defaultPolicyId`.
 * @throws GemelError with Ditto's code when the command does not fit the thing
 */
export function decide(
  command: PreparedCommand,
  state: ThingState | undefined,
  defaultPolicyId: PolicyId,
): ThingDecision {
  const thing = liveThing(state);
  switch (command.kind) {
    case 'create':
      if (thing !== undefined) throw new ThingConflict(command.thingId);
      return created(command.thingId, command.value, defaultPolicyId);
    case 'modify':
      return decideModify(command, thing, defaultPolicyId);
    case 'merge':
      return decideMerge(command, thing, defaultPolicyId);
    case 'delete':
      return decideDelete(command, thing);
  }
}

/** The thing of a state unless it is deleted. */
export function liveThing(state: ThingState | undefined): Thing | undefined {
  return state === undefined || state.deleted ? undefined : state.thing;
}

function decideModify(command: ModifyThing, thing: Thing | undefined, defaultPolicyId: PolicyId): ThingDecision {
  const { thingId, path, value } = command;
  if (path.length === 0) {
    const content = isJsonObject(value) ? value : {};
    if (thing === undefined) return created(thingId, content, defaultPolicyId);
    return { action: 'modified', path, value: { thingId, policyId: thing.policyId, ...content }, created: false };
  }
  if (thing === undefined) throw new ThingNotAccessible(thingId);
  const resource = thingResources[thingResourceAt(path)];
  if (resource.needsFeature && !isJsonObject(valueAt(thing, path.slice(0, 2)))) throw featureNotFound(thingId, path);
  const isNew = valueAt(thing, path) === undefined;
  return { action: isNew ? 'created' : 'modified', path, value, created: isNew };
}

function decideMerge(command: MergeThing, thing: Thing | undefined, defaultPolicyId: PolicyId): ThingDecision {
  const { thingId, path, value } = command;
  if (thing === undefined) {
    if (path.length > 0) throw new ThingNotAccessible(thingId);
    return created(thingId, withoutNulls(value), defaultPolicyId);
  }
  return { action: 'merged', path, value, created: false };
}

function decideDelete(command: DeleteThing, thing: Thing | undefined): ThingDecision {
  const { thingId, path } = command;
  if (thing === undefined) throw new ThingNotAccessible(thingId);
  if (path.length > 0) {
    const resource = thingResources[thingResourceAt(path)];
    if (!resource.deletable) throw new PathUnknown(formatPointer(path));
    if (resource.needsFeature && valueAt(thing, path.slice(0, 2)) === undefined) throw featureNotFound(thingId, path);
    if (valueAt(thing, path) === undefined) throw new resource.notFound(thingId, formatPointer(path));
  }
  return { action: 'deleted', path, created: false };
}

function created(thingId: ThingId, content: JsonObject, policyId: PolicyId): ThingDecision {
  return { action: 'created', path: [], value: { thingId, policyId, ...content }, created: true };
}

/** A patch as the document it makes out of nothing. */
function withoutNulls(patch: JsonValue): JsonObject {
  const merged = mergePatch({}, patch);
  return isJsonObject(merged) ? merged : {};
}

function featureNotFound(thingId: ThingId, path: JsonPointer): GemelError {
  return new thingResources.feature.notFound(thingId, formatPointer(path.slice(0, 2)));
}
