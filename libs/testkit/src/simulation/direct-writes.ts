import type { SignalContext } from '@gemel/application/signals';
import type { ThingService } from '@gemel/application/things';
import { kindOf, parentsValue } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject } from '@gemel/model/json';
import type { ModifyingThingCommand } from '@gemel/model/things';
import type { Operation } from './scenario.js';

/** Writes past the composition; what would break it is refused when that is strict. @throws GemelError */
export async function writeDirectly(
  { thing, parent = '', does }: Extract<Operation, { readonly kind: 'direct' }>,
  things: ThingService,
  caller: SignalContext,
): Promise<void> {
  const thingId = parseThingId(thing);
  const { value } = await things.execute({ kind: 'retrieve', thingId, path: [] }, caller);
  const kind = kindOf(isJsonObject(value) ? value : {});
  const merge = (name: string, to: Extract<ModifyingThingCommand, { kind: 'merge' }>['value']) =>
    things.execute({ kind: 'merge', thingId, path: ['attributes', name], value: to }, caller);
  switch (does) {
    case 'link':
      await merge('_parents', parentsValue(kind, { parentId: parseThingId(parent), count: 1 }));
      break;
    case 'unlink':
      await merge('_parents', null);
      break;
    case 'flip':
      await merge('_isType', kind === 'twin');
      break;
    case 'delete':
      await things.execute({ kind: 'delete', thingId, path: [] }, caller);
      break;
  }
}
