import { defineError } from '../errors/index.js';
import type { GemelError } from '../errors/index.js';
import type { Fault } from './config-reader.js';

/** All faults of one connection, each with its JSON pointer. */
export const ConnectionConfigurationInvalid = defineError(
  'connectivity:connection.configuration.invalid',
  400,
  (name: string, faults: readonly Fault[]) => ({
    message: `The connection '${name}' is not valid: ${told(faults)}.`,
    description: 'Correct what is named by its JSON pointer. Nothing was opened.',
  }),
);

/** Nothing is wrong but the address of the other side. */
export const ConnectionUriInvalid = defineError(
  'connectivity:connection.uri.invalid',
  400,
  (name: string, faults: readonly Fault[]) => ({
    message: `The address of the connection '${name}' is not valid: ${told(faults)}.`,
    description: 'Correct the uri. The text itself is not repeated: it may hold a password.',
  }),
);

/** Nothing is wrong but what targets are to publish. */
export const ConnectionTopicInvalid = defineError(
  'connectivity:topic.invalid',
  400,
  (name: string, faults: readonly Fault[]) => ({
    message: `A target of the connection '${name}' has a topic that is not valid: ${told(faults)}.`,
    description: 'Correct what is named by its JSON pointer.',
  }),
);

/** Nothing is wrong but how mappers are defined. */
export const MessageMapperConfigInvalid = defineError(
  'connectivity:message.mapper.config.invalid',
  400,
  (name: string, faults: readonly Fault[]) => ({
    message: `A payload mapper of the connection '${name}' is not valid: ${told(faults)}.`,
    description: 'Correct what is named by its JSON pointer.',
  }),
);

/** The refusal of a connection that has these faults. */
export function connectionRefusal(name: string, faults: readonly Fault[]): GemelError {
  const [kind] = new Set(faults.map((fault) => fault.kind));
  const isOne = faults.every((fault) => fault.kind === kind);
  if (isOne && kind === 'uri') return new ConnectionUriInvalid(name, faults);
  if (isOne && kind === 'topic') return new ConnectionTopicInvalid(name, faults);
  if (faults.every(({ path }) => path.startsWith('/mappingDefinitions/')))
    return new MessageMapperConfigInvalid(name, faults);
  return new ConnectionConfigurationInvalid(name, faults);
}

function told(faults: readonly Fault[]): string {
  return [...new Set(faults.map(({ path, text }) => `${path} ${text}`))].join('; ');
}

export const ConnectionIdInvalid = defineError('connectivity:connection.id.invalid', 400, (id: string) => ({
  message: `'${id.slice(0, 128)}' is no ID of a connection.`,
  description: "It must have 1 to 100 letters, digits, '-', '_' and ':'.",
}));

export const ConnectionIdEnforcementFailed = defineError(
  'connectivity:connection.id.enforcement.failed',
  400,
  (thingId: string, input: string) => ({
    message: `A message from '${input}' may not be about '${thingId}'.`,
    description: "The source's enforcement says which things its messages may be about.",
  }),
);
