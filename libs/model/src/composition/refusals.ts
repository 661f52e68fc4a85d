import { defineError } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import type { Kind } from './kind.js';

/** Refusals of `/api/2/twins` and `/api/2/types`; those of the extended API are in `errors.ts`. */
export const NotOfKind = defineError('gemel:composition.kind.wrong', 404, (id: ThingId, expected: Kind) => ({
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
