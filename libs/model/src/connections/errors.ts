import { defineError } from '../errors/index.js';
import type { Fault } from './config-reader.js';

/** All faults of one connection, each with its JSON pointer. */
export const ConnectionConfigurationInvalid = defineError(
  'connectivity:connection.configuration.invalid',
  400,
  (name: string, faults: readonly Fault[]) => ({
    message: `The connection '${name}' is not valid: ${faults.map(({ path, text }) => `${path} ${text}`).join('; ')}.`,
    description: 'Correct what is named by its JSON pointer. Nothing was opened.',
  }),
);

export const ConnectionIdEnforcementFailed = defineError(
  'connectivity:connection.id.enforcement.failed',
  400,
  (thingId: string, input: string) => ({
    message: `A message from '${input}' may not be about '${thingId}'.`,
    description: "The source's enforcement says which things its messages may be about.",
  }),
);
