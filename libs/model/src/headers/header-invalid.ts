import { defineError } from '../errors/index.js';

export const HeaderInvalid = defineError('header.invalid', 400, (header: string, value: string, form: string) => ({
  message: `'${value}' is not a value for the header '${header}'.`,
  description: form,
}));
