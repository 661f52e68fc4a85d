import { formatPointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { ThingNotDeletable, thingResourceAt, thingResources } from '@gemel/model/things';
import type { PreparedCommand } from '@gemel/model/things';

/** @throws GemelError the 403 of the addressed resource */
export function authorize(command: PreparedCommand, path: JsonPointer, enforcer: Enforcer): void {
  const allowed =
    command.kind === 'merge' ? enforcer.permitsPatch(path, command.value) : enforcer.permits('thing', path, 'WRITE');
  if (allowed) return;
  if (command.kind === 'delete' && path.length === 0) throw new ThingNotDeletable(command.thingId);
  throw new thingResources[thingResourceAt(path)].notModifiable(command.thingId, formatPointer(path));
}
