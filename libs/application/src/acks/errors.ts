import { defineError, javaNumber } from '@gemel/model/errors';

export const AckTimeout = defineError('acknowledgement:request.timeout', 408, (timeoutMs: number) => ({
  message: `The acknowledgement did not come within ${javaNumber(timeoutMs)}ms.`,
  description: 'Check that somebody issues it, or allow more time.',
}));

export const AckCorrelationIdTaken = defineError(
  'acknowledgement:request.duplicate.correlation-id',
  409,
  (correlationId: string) => ({
    message: `Acknowledgements are being collected under the correlation ID '${correlationId}' already.`,
    description: 'Give each request that asks for acknowledgements a correlation ID of its own.',
  }),
);
