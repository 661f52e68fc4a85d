import { defineError } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import type { Kind } from './kind.js';
import { RESTRICTED_ATTRIBUTES } from './restricted-attributes.js';

/** 442 is no registered status; the extended API of OpenTwins has it. */
export const AttributeRestricted = defineError('composition:attribute.restricted', 442, () => ({
  message: `The body sets an attribute that only the server may write. Restricted attributes: ${RESTRICTED_ATTRIBUTES.join(', ')}.`,
  description: 'Leave it out; link, unlink, create and duplicate set it.',
}));

export const BodyEmpty = defineError('composition:body.empty', 400, () => ({
  message: 'The body cannot be empty when a thing is to be created.',
  description: 'Send the Thing as a JSON object.',
}));

export const BodyInvalid = defineError('composition:body.invalid', 400, () => ({
  message: 'The body must be a JSON object.',
  description: 'Send the Thing, or the patch of it, as a JSON object.',
}));

export const ThingExists = defineError('composition:thing.exists', 400, (id: ThingId) => ({
  message: `A thing with the identifier ${id} already exists. Nothing was created.`,
  description: 'Choose another identifier, or delete the existing Thing.',
}));

/** The thing that a request addresses is of the other kind. */
export const WrongKind = defineError('composition:kind.wrong', 412, (id: ThingId, expected: Kind) => ({
  message: `The thing ${id} is not a ${expected}.`,
  description: 'Types are under /api/types, twins under /api/twins.',
}));

export const ParentMissing = defineError('composition:parent.missing', 404, (id: ThingId) => ({
  message: `The parent ${id} does not exist, or you may not read it.`,
  description: 'Create the parent first.',
}));

export const ParentWrongKind = defineError('composition:parent.kind.wrong', 412, (id: ThingId, expected: Kind) => ({
  message: `The parent ${id} is not a ${expected}.`,
  description: 'Types have types as parents, twins have twins.',
}));

export const NotParent = defineError('composition:parent.other', 400, (childId: ThingId, parentId: ThingId) => ({
  message: `${parentId} is not parent of ${childId}`,
}));

export const CountInvalid = defineError('composition:count.invalid', 400, (text: string, max: number) => ({
  message: `The number of children must be an integer from 1 to ${String(max)}, not '${text}'.`,
}));

export const CycleRefused = defineError('composition:cycle', 409, (path: readonly string[]) => ({
  message: `The composition would contain itself: ${path.join(' > ')}. Nothing was changed.`,
  description: 'Unlink one of them first.',
}));

export const TooManyThings = defineError('composition:things.toomany', 422, (max: number) => ({
  message: `The composition has more than ${String(max)} things, which is the most for one request. Nothing was changed.`,
  description: 'Lower the counts, or work on its parts.',
}));

export const InstanceIdInvalid = defineError('composition:instance.id.invalid', 400, (id: string) => ({
  message: `The composition would need the identifier '${id}', which is too long or not valid. Nothing was created.`,
  description: 'Identifiers grow with each level below the root: choose a shorter one for the root.',
}));

export const InstanceIdAmbiguous = defineError('composition:instance.id.ambiguous', 409, (id: string) => ({
  message: `Two parts of the composition would both have the identifier ${id}. Nothing was created.`,
  description: 'Give the children of one parent different names.',
}));
