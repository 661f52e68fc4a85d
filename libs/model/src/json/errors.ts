import { defineError } from '../errors/index.js';

const JSON_FORM = 'Check that the text is valid JSON (RFC 8259) of the expected type.';

export const JsonInvalid = defineError('json.invalid', 400, (reason: string) => ({
  message: `The JSON cannot be read: ${reason}.`,
  description: JSON_FORM,
}));

/** No JSON at all. */
export const JsonUnparsable = defineError('json.invalid', 400, (text: string) => ({
  message: `This is not JSON: ${excerpt(text)}`,
  description: JSON_FORM,
}));

/** JSON of the wrong type. */
export const JsonTypeInvalid = defineError('json.invalid', 400, (where: string, expected: string) => ({
  message: `${where} must be ${expected}.`,
  description: JSON_FORM,
}));

export const JsonFieldMissing = defineError('json.field.missing', 400, (field: string) => ({
  message: `The JSON lacks the field '${field}'.`,
  description: 'Add the field.',
}));

export const JsonPointerInvalid = defineError(
  'json.pointer.invalid',
  400,
  (pointer: string, reason: 'slashes' | 'escape' | 'length') => ({
    message: `'${excerpt(pointer)}' is not a JSON pointer.`,
    description: POINTER_FAULTS[reason],
  }),
);

const POINTER_FAULTS = {
  slashes: 'Separate keys by single slashes.',
  escape: "Write '~' inside a key as '~0' and '/' as '~1' (RFC 6901).",
  length: 'It has too many segments.',
} as const;

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

/** Hostile input may be as long as a request; an error text is not. */
function excerpt(text: string): string {
  return text.length <= 1_000 ? text : `${text.slice(0, 1_000)}…`;
}
