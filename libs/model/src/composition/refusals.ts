import { defineError } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import type { Kind } from './kind.js';

// Refusals of `/api/2/twins` and `/api/2/types`; those of the extended API are in `errors.ts`.

export const NotOfKind = defineError('gemel:composition.kind.wrong', 404, (id: string, expected: Kind) => ({
  message: `The Thing '${id}' is no ${expected}.`,
  description: 'Types are under /api/2/types, twins under /api/2/twins.',
}));

export const CompositionTooLarge = defineError('gemel:composition.toolarge', 422, (max: number) => ({
  message: `More than ${String(max)} Things would take part, which is the most for one request.`,
  description: 'Lower the depth or the counts, or work on the parts one after the other.',
}));

export const CompositionQueryInvalid = defineError(
  'gemel:composition.query.invalid',
  400,
  (name: string, value: string, expected: string) => ({
    message: `The parameter '${name}' is '${value}'.`,
    description: `It takes ${expected}.`,
  }),
);

export const CompositionBodyInvalid = defineError(
  'gemel:composition.body.invalid',
  400,
  (path: string, expected: string) => ({
    message: path === '' ? 'The body is not what it must be.' : `The body is not what it must be at '${path}'.`,
    description: `Expected: ${expected}.`,
  }),
);

export const LinkAttributeReserved = defineError('gemel:composition.attribute.reserved', 422, (path: string) => ({
  message: `'${path}' sets an attribute that holds the composition.`,
  description: 'Leave it out: instances, duplicates, moves and links set it.',
}));

export const TwinExists = defineError('gemel:composition.exists', 409, (id: ThingId) => ({
  message: `The ID '${id}' is in use.`,
  description: 'Choose another one, or delete the Thing that has it.',
}));

export const PartOfItself = defineError('gemel:composition.cycle', 409, (path: readonly string[]) => ({
  message: `It would be a part of itself: ${path.join(' > ')}.`,
  description: 'Unlink one of these from the one before it.',
}));

export const ParentNotFound = defineError('gemel:composition.parent.notfound', 404, (id: ThingId, kind: Kind) => ({
  message: `There is no ${kind} '${id}' that could be the parent, or you may not read it.`,
  description: 'Create it, or name another one.',
}));

export const PartIdInvalid = defineError('gemel:composition.id.invalid', 422, (id: string) => ({
  message: `A part would have the ID '${id.slice(0, 300)}', which is too long or not valid.`,
  description: 'IDs grow with each level: name the parts, or give the root a shorter ID.',
}));

export const PartIdAmbiguous = defineError('gemel:composition.id.ambiguous', 409, (id: ThingId) => ({
  message: `Two parts would have the ID '${id}'.`,
  description: 'Give the link a name with {i}, or name the parts.',
}));

export const PartUnknown = defineError('gemel:composition.part.unknown', 422, (id: string, parentId: string) => ({
  message: `'${id}' is no child of the type '${parentId}'.`,
  description: 'Name types that are linked to it, by their IDs.',
}));

export const SerialMissing = defineError('gemel:composition.serial.missing', 422, (childId: string, index: number) => ({
  message: `Instance ${String(index)} of '${childId}' is named by a serial, and none is given.`,
  description: 'Give as many serials as there are instances.',
}));

export const SerialsTooMany = defineError(
  'gemel:composition.serial.toomany',
  422,
  (childId: string, serials: number, count: number) => ({
    message: `There are ${String(serials)} serials for ${String(count)} instances of '${childId}'.`,
    description: 'Give as many serials as there are instances, or raise the count.',
  }),
);

export const NameTemplateInvalid = defineError('gemel:composition.name.invalid', 422, (text: string) => ({
  message: `'${text.slice(0, 100)}' names no parts.`,
  description: 'Write text with {name}, {i} and {serial}, without a slash; other braces mean nothing.',
}));

export const NameTemplateAmbiguous = defineError(
  'gemel:composition.name.ambiguous',
  422,
  (text: string, count: number) => ({
    message: `'${text.slice(0, 100)}' would name all ${String(count)} parts the same.`,
    description: 'Write {i} or {serial} into it, or lower the count to 1.',
  }),
);

export const PositionOfRoot = defineError('gemel:composition.position.none', 422, (id: ThingId) => ({
  message: `'${id}' has no parent, so it has no position among its children.`,
  description: 'Name a parent beside the position.',
}));

export const NotLinked = defineError('gemel:composition.link.notfound', 404, (childId: ThingId, parentId: ThingId) => ({
  message: `'${childId}' is no child of '${parentId}'.`,
}));

export const RelationNameInvalid = defineError('gemel:composition.relation.name.invalid', 400, (text: string) => ({
  message: `'${text.slice(0, 100)}' names no relation.`,
  description: 'Begin with a letter; letters, digits, _ and - may follow, 64 characters at most.',
}));

export const RelationNotFound = defineError(
  'gemel:composition.relation.notfound',
  404,
  (source: ThingId, name: string, target: ThingId) => ({
    message: `'${source}' has no relation '${name}' to '${target}'.`,
    description: 'Its relations are listed under /api/2/twins/{thingId}/relations.',
  }),
);

export const HiddenBelow = defineError('gemel:composition.hidden', 403, (id: ThingId) => ({
  message: `There are twins below '${id}' that you may not read.`,
  description: 'Ask whoever may read them.',
}));
