import { defineError } from '../errors/index.js';

/**
 * @param form what to do about it
 * @param type what the value is not
 */
export const HeaderInvalid = defineError(
  'header.invalid',
  400,
  (header: string, value: string, form: string, type?: string) => ({
    message:
      type === undefined
        ? `'${value}' is not a value for the header '${header}'.`
        : `'${value}' as the header '${header}' is not a ${type}.`,
    description: form,
  }),
);

/** A header whose value is no such type. */
export function headerTypeInvalid(header: string, value: string, type: string) {
  const hint = `Send a ${type}.`;
  return new HeaderInvalid(header, value, hint, type);
}
