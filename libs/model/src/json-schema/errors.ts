import { defineError } from '../errors/index.js';

export const JsonSchemaInvalid = defineError(
  'gemel:composition.schema.invalid',
  400,
  (where: string, reason: string) => ({
    message: `The JSON Schema cannot be used: ${reason} (at ${where}).`,
    description:
      'Schemas are of draft 2020-12 and hold all that they refer to; patterns are regular expressions without look-around and back references.',
  }),
);
