import { isJsonObject, member, removalSteps } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import type { ThingId } from '../ids/index.js';
import type { ModifyingThingCommand } from './command.js';
import { ThingMergeInvalid, ThingPolicyConflicting, ValueTypeInvalid } from './errors.js';
import { parsePolicyReference } from './policy-reference.js';
import type { PolicyReference } from './policy-reference.js';
import { parseThingContent, parseThingPatch, thingResourceAt, thingResources } from './resources/index.js';
import type { ValueUse } from './resources/index.js';
import { checkFeatureId } from './resources/keys.js';

/** What the body of a whole thing says besides its content; members that are null count as absent. */
export interface BodyExtras {
  /** `_policy` */
  readonly policy: JsonObject | undefined;
  /** `_copyPolicyFrom` */
  readonly copyPolicyFrom: PolicyReference | undefined;
  /** `_metadata` */
  readonly metadata: JsonObject | undefined;
}

/** A command whose path and value are good. */
export type PreparedCommand = ModifyingThingCommand & { readonly extras?: BodyExtras | undefined };

/** Steps of the regular expressions of one patch, all together; each looks at every key of an object. */
const MAX_REMOVAL_STEPS = 500;

/**
 * Checks a command as far as that needs no thing, as Ditto's gateway does before anything else: that the path leads
 * somewhere, and that the value has the form of what is there. The value becomes what will be stored or merged.
 * @throws GemelError with Ditto's code
 */
export function prepare(command: ModifyingThingCommand): PreparedCommand {
  const path = command.kind === 'create' ? [] : command.path;
  thingResourceAt(path);
  if (path[0] === 'features' && path[1] !== undefined) checkFeatureId(path[1]);
  switch (command.kind) {
    case 'delete':
      return command;
    case 'create':
      return {
        ...command,
        value: parseThingContent(command.thingId, command.value),
        extras: parseExtras(command.thingId, command.value),
      };
    case 'modify':
      if (path.length > 0) return { ...command, value: parsePart(path, command.value, 'store') };
      return {
        ...command,
        value: parseThingContent(command.thingId, command.value),
        extras: parseExtras(command.thingId, command.value),
      };
    case 'merge':
      checkRemovals(command.value);
      if (path.length > 0) return { ...command, value: parsePart(path, command.value, 'merge') };
      return {
        ...command,
        value: parseThingPatch(command.thingId, command.value),
        extras: parseExtras(command.thingId, command.value),
      };
  }
}

function parsePart(path: JsonPointer, value: JsonValue, use: ValueUse): JsonValue {
  return thingResources[thingResourceAt(path)].parse(value, path, use);
}

function parseExtras(thingId: ThingId, body: JsonValue): BodyExtras | undefined {
  if (!isJsonObject(body)) return undefined;
  const policy = objectMember(body, '_policy');
  const metadata = objectMember(body, '_metadata');
  const source = member(body, '_copyPolicyFrom') ?? undefined;
  if (source !== undefined && typeof source !== 'string')
    throw new ValueTypeInvalid('_copyPolicyFrom', 'a JSON string');
  if (policy !== undefined && source !== undefined) throw new ThingPolicyConflicting(thingId);
  const copyPolicyFrom = source === undefined ? undefined : parsePolicyReference(source);
  const isPlain = policy === undefined && metadata === undefined && copyPolicyFrom === undefined;
  return isPlain ? undefined : { policy, copyPolicyFrom, metadata };
}

function objectMember(body: JsonObject, name: string): JsonObject | undefined {
  const value = member(body, name) ?? undefined;
  if (value !== undefined && !isJsonObject(value)) throw new ValueTypeInvalid(name, 'a JSON object');
  return value;
}

function checkRemovals(patch: JsonValue): void {
  let steps: number;
  try {
    steps = removalSteps(patch);
  } catch (error) {
    throw new ThingMergeInvalid(error instanceof Error ? error.message : 'a regular expression is not valid');
  }
  if (steps > MAX_REMOVAL_STEPS) throw new ThingMergeInvalid('its regular expressions are too large');
}
