import { GemelError } from '../errors/index.js';
import type { ErrorJson } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import { formatPointer, isJsonObject, member, mergePatch, valueAt } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { MergeThing, ModifyThing, ModifyingThingCommand } from '../things/index.js';

/** One command of a plan. */
export interface Step {
  readonly command: ModifyingThingCommand;
  /** Of a change: what stands at the path now; absent when nothing does. */
  readonly before?: JsonValue | undefined;
}

/** What stands against a plan, and which of its things it is about. */
export interface Conflict {
  readonly thingId: ThingId;
  readonly error: GemelError;
}

/** What a change of the composition would do: all of it in one commit, or nothing when anything stands against it. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
}

export const NOTHING: Plan = { steps: [], conflicts: [] };

export function joinPlans(plans: readonly Plan[]): Plan {
  return { steps: plans.flatMap(({ steps }) => steps), conflicts: plans.flatMap(({ conflicts }) => conflicts) };
}

/** A plan as callers see it. */
export function planJson({ steps, conflicts }: Plan): JsonObject {
  const created: JsonObject[] = [];
  const changed: JsonObject[] = [];
  const deleted: string[] = [];
  for (const { command, before } of steps) {
    if (command.kind === 'create') created.push(createdJson(command.thingId, command.value));
    else if (command.kind === 'delete') deleted.push(command.thingId);
    else {
      const after = afterOf(command, before);
      const path = formatPointer(command.path);
      changed.push({ thingId: command.thingId, path, before: before ?? null, after });
    }
  }
  return { created, changed, deleted, conflicts: conflicts.map(conflictJson) };
}

function afterOf(command: ModifyThing | MergeThing, before: JsonValue | undefined): JsonValue {
  if (command.kind === 'merge') return mergePatch(before, command.value);
  const { value } = command;
  // A replacement need not name the thing that it replaces.
  return command.path.length === 0 && isJsonObject(value) ? { thingId: command.thingId, ...value } : value;
}

/** Some things stand against a plan; code, status and text are those of the first, and `conflicts` has all. */
export class PlanRefused extends GemelError {
  override readonly name: string;
  readonly code: string;
  readonly status: number;

  constructor(readonly conflicts: readonly [Conflict, ...Conflict[]]) {
    const [{ error }] = conflicts;
    const { message, description, href } = error;
    super({
      message,
      ...(description === undefined ? {} : { description }),
      ...(href === undefined ? {} : { href }),
    });
    this.name = error.code;
    this.code = error.code;
    this.status = error.status;
  }

  override toJson(): ErrorJson & { readonly conflicts: readonly JsonObject[] } {
    return { ...super.toJson(), conflicts: this.conflicts.map(conflictJson) };
  }
}

function conflictJson({ thingId, error }: Conflict): JsonObject {
  return { thingId, ...error.toJson() };
}

function createdJson(thingId: ThingId, value: JsonObject): JsonObject {
  const policyId = member(value, 'policyId');
  const parent = valueAt(value, ['attributes', '_parents']);
  const type = valueAt(value, ['attributes', 'type']);
  const copyOf = valueAt(value, ['attributes', 'copyOf']);
  return {
    thingId,
    ...(parent === undefined ? {} : { parent }),
    ...(type === undefined ? {} : { type }),
    ...(copyOf === undefined ? {} : { copyOf }),
    ...(policyId === undefined ? {} : { policyId }),
  };
}
