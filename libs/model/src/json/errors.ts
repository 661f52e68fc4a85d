import { defineError } from '../errors/index.js';

export const JsonInvalid = defineError('json.invalid', 400, (reason: string) => ({
  message: `The JSON cannot be read: ${reason}.`,
  description: 'Check that the text is valid JSON (RFC 8259) of the expected type.',
}));

export const JsonFieldMissing = defineError('json.field.missing', 400, (field: string) => ({
  message: `The JSON lacks the field '${field}'.`,
  description: 'Add the field.',
}));

export const JsonPointerInvalid = defineError('json.pointer.invalid', 400, (pointer: string, reason: string) => ({
  message: `'${pointer}' is not a JSON pointer: ${reason}.`,
  description: "Separate keys by single slashes; write '~' inside a key as '~0' and '/' as '~1' (RFC 6901).",
}));

export const JsonFieldSelectorInvalid = defineError(
  'json.fieldselector.invalid',
  400,
  (selector: string, reason: string) => ({
    message: `'${selector}' is not a field selector: ${reason}.`,
    description: "Name fields separated by commas, for example 'thingId,attributes(model,location/city)'.",
  }),
);

export const JsonTypeNotParsable = defineError('json.type.notparsable', 400, (type: string) => ({
  message: `'${type}' is not a known JSON type.`,
  description: 'Check the type that the JSON names.',
}));
