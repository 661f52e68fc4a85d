import { formatPointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { ThingNotDeletable, ThingPolicyNotAllowed, thingResourceAt, thingResources } from '@gemel/model/things';
import type { PreparedCommand, Thing, ThingState } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import { refuseSeveralMetadataHeaders } from './metadata-of-change.js';
import { conditionsOf } from './thing-conditions.js';
import type { ThingPreconditions } from './thing-preconditions.js';

/** A thing that a command changes, and who sends the command. */
interface Addressed {
  readonly state: ThingState;
  readonly thing: Thing;
  readonly enforcer: Enforcer;
  readonly context: SignalContext;
}

/** What of a command on a thing that exists is to be carried out. @throws GemelError when the sender may not, or does not want it now */
export function permittedCommand(
  command: PreparedCommand,
  path: JsonPointer,
  { state, thing, enforcer, context }: Addressed,
  preconditions: ThingPreconditions,
): PreparedCommand {
  const conditions = conditionsOf(context, enforcer);
  authorize(command, path, enforcer);
  refuseSeveralMetadataHeaders('writes', context);
  preconditions.checkTags(command.kind === 'delete' ? 'delete' : 'modify', state, path, context);
  const unequal = preconditions.unlessEqual(command, state, thing, context);
  const wanted =
    conditions === undefined
      ? unequal
      : preconditions.checkConditions(conditions, unequal, state, () => enforcer.view(thing));
  if (command.extras?.policy !== undefined || command.extras?.copyPolicyFrom !== undefined)
    throw new ThingPolicyNotAllowed(command.thingId);
  return wanted;
}

/** @throws GemelError the 403 of the addressed resource */
function authorize(command: PreparedCommand, path: JsonPointer, enforcer: Enforcer): void {
  const allowed =
    command.kind === 'merge' ? enforcer.permitsPatch(path, command.value) : enforcer.permits('thing', path, 'WRITE');
  if (allowed) return;
  if (command.kind === 'delete' && path.length === 0) throw new ThingNotDeletable(command.thingId);
  throw new thingResources[thingResourceAt(path)].notModifiable(command.thingId, formatPointer(path));
}
