import { defineError } from '../errors/index.js';
import type { GemelError } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import type { Fault } from './integrity.js';
import type { Kind } from './kind.js';
import { PartOfItself } from './refusals.js';

/** Refusals of writes by the things API that would break the composition, where that is strict. */
const UNDO = 'Use the routes under /api/types and /api/twins, which keep the composition whole.';

export const ParentsInvalid = defineError('gemel:composition.parents.invalid', 400, (id: ThingId, kind: Kind) => ({
  message: `The attribute '_parents' of the ${kind} '${id}' would not be valid.`,
  description:
    kind === 'type' ? 'It is an object of parent ids with counts of 1 or more.' : 'It is the id of the one parent.',
}));

export const StrictParentMissing = defineError(
  'gemel:composition.parent.missing',
  409,
  (id: ThingId, parentId: string) => ({
    message: `The parent '${parentId}' of '${id}' does not exist.`,
    description: 'Create the parent first.',
  }),
);

export const StrictParentWrongKind = defineError(
  'gemel:composition.parent.kind.wrong',
  409,
  (id: ThingId, parentId: string, kind: Kind) => ({
    message: `The parent '${parentId}' of '${id}' is not a ${kind}.`,
    description: 'Types have types as parents, twins have twins.',
  }),
);

export const ThingHasChildren = defineError('gemel:composition.children', 409, (id: ThingId) => ({
  message: `Other Things have '${id}' as their parent.`,
  description: `Unlink them first, or delete it under /api/types or /api/twins. ${UNDO}`,
}));

/** Why a thing with this fault is not written. */
export function refusalOfFault(id: ThingId, kind: Kind, { problem, parentId = '' }: Fault): GemelError {
  switch (problem) {
    case 'parent.missing':
      return new StrictParentMissing(id, parentId);
    case 'parent.kind.wrong':
      return new StrictParentWrongKind(id, parentId, kind);
    case 'parent.self':
      return new PartOfItself([id, id]);
    case 'cycle':
      return new PartOfItself([id, '…', parentId, id]);
    case 'parents.invalid':
    case 'parents.empty':
    case 'parent.id.invalid':
    case 'count.invalid':
      return new ParentsInvalid(id, kind);
  }
}
