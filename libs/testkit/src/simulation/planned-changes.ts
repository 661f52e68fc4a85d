import type { Composition, PlanOutcome } from '@gemel/application/composition';
import type { SignalContext } from '@gemel/application/signals';
import type { TwinRequest } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { CompositionOperation } from './scenario.js';

const REAL = { dryRun: false };

/** Does an operation as `/api/2` does; false when it has no request for it, or there was nothing to do. */
export async function changePlanned(
  operation: CompositionOperation,
  { changes }: Composition,
  caller: SignalContext,
): Promise<boolean> {
  switch (operation.kind) {
    case 'link':
    case 'unlink':
      return (await changeLink(operation, changes, caller)).steps.length > 0;
    case 'instantiate':
      await changes.twins.instantiate(parseThingId(operation.type), requestFor(operation.twin), REAL, caller);
      return true;
    case 'duplicate':
      await changes.twins.duplicate(parseThingId(operation.twin), requestFor(operation.copy), REAL, caller);
      return true;
    case 'delete':
      if (operation.of === 'type') return false;
      await changes.twins.delete(parseThingId(operation.target), { ...REAL, tree: operation.of === 'tree' }, caller);
      return true;
    case 'put':
      return false;
  }
}

async function changeLink(
  { kind, of, child, parent }: Extract<CompositionOperation, { readonly kind: 'link' | 'unlink' }>,
  { twins, links }: Composition['changes'],
  caller: SignalContext,
): Promise<PlanOutcome> {
  const childId = parseThingId(child);
  const parentId = parseThingId(parent);
  if (of === 'twin') return twins.move(childId, { parent: kind === 'link' ? parentId : null }, REAL, caller);
  const ends = { parentId, childId };
  return kind === 'link' ? links.set(ends, { count: 2 }, REAL, caller) : links.remove(ends, REAL, caller);
}

function requestFor(id: string): TwinRequest {
  return { thingId: parseThingId(id), values: {}, children: new Map(), policy: { use: 'share' }, resetValues: false };
}
