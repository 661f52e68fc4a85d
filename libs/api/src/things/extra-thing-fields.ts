import { defineError } from '@gemel/model/errors';
import type { FieldSelector } from '@gemel/model/json';
import type { ApiRequest } from '../http/index.js';

const ROOTS: ReadonlySet<string> = new Set([
  'thingId',
  'policyId',
  'definition',
  'attributes',
  'features',
  '_namespace',
  '_revision',
  '_created',
  '_modified',
  '_metadata',
  '_policy',
  '_context',
]);

export const FieldSelectionInvalid = defineError('things:field.selection.invalid', 400, (field: string) => ({
  message: `A Thing has no field '${field}'.`,
  description: `Fields start with one of ${[...ROOTS].join(', ')}.`,
}));

/** The parameter `extraFields`, which Ditto holds to what a thing has; `fields` may name anything. @throws JsonFieldSelectorInvalid, FieldSelectionInvalid */
export function extraThingFields(request: ApiRequest): FieldSelector | undefined {
  const fields = request.fields('extraFields');
  if (fields === undefined) return undefined;
  for (const root of fields.children.keys()) if (!ROOTS.has(root)) throw new FieldSelectionInvalid(root);
  return fields;
}
