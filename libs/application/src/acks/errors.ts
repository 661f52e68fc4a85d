import { defineError, javaNumber } from '@gemel/model/errors';

export const AckTimeout = defineError('acknowledgement:request.timeout', 408, (timeoutMs: number) => ({
  message: `The acknowledgement request reached the specified timeout of ${javaNumber(timeoutMs)}ms.`,
  description: 'Try increasing the timeout and make sure that the requested acknowledgement is sent back in time.',
}));

export const AckCorrelationIdTaken = defineError(
  'acknowledgement:request.duplicate.correlation-id',
  409,
  (correlationId: string) => ({
    message: `Correlation-id <${correlationId}> for acknowledgement request was already used very recently.`,
    description:
      'Please provide unique correlation-ids when requesting acknowledgements, at least unique within at least several minutes.',
  }),
);
