import { defineError } from '@gemel/model/errors';

/** Ditto prints numbers in messages with separators of thousands. */
export const AckTimeout = defineError('acknowledgement:request.timeout', 408, (timeoutMs: number) => ({
  message: `The acknowledgement request reached the specified timeout of ${timeoutMs.toLocaleString('en-US')}ms.`,
  description: 'Try increasing the timeout and make sure that the requested acknowledgement is sent back in time.',
}));

export const AckCorrelationIdTaken = defineError(
  'acknowledgement:request.duplicate.correlation-id',
  409,
  (correlationId: string) => ({
    message: `Acknowledgements are being collected under the correlation ID '${correlationId}' already.`,
    description: 'Give each request that asks for acknowledgements a correlation ID of its own.',
  }),
);
