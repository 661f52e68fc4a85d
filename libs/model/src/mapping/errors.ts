import { defineError } from '../errors/index.js';

export const MessageMappingFailed = defineError(
  'connectivity:message.mapping.failed',
  400,
  (mapper: string, reason: string) => ({
    message: `The payload mapper '${mapper}' could not map the message: ${reason}.`,
    description: 'Send what the mapper expects, or change the mapper in the mappingDefinitions of the connection.',
  }),
);

export const MessageMapperConfigFailed = defineError(
  'connectivity:message.mapper.config.failed',
  400,
  (mapper: string, reason: string) => ({
    message: `The payload mapper '${mapper}' cannot be used: ${reason}.`,
    description: 'Correct its options in the mappingDefinitions of the connection.',
  }),
);

export const PayloadSchemaViolated = defineError(
  'gemel:connectivity.payload.schema.violated',
  400,
  (mapping: string, reason: string) => ({
    message: `The payload breaks the incomingSchema of '${mapping}': ${reason}.`,
    description: 'Send what the schema asks for, or change it in the mappingDefinitions of the connection.',
  }),
);

/** It passes: the message may be mapped later. */
export const MessageMapperNotReady = defineError('gemel:message.mapper.notready', 503, (mapper: string) => ({
  message: `The payload mapper '${mapper}' begins anew, since a message before has spoilt its script.`,
  description:
    'Nothing needs to be done: the message is delivered again. Mend the script, so that it takes less memory.',
}));
