import { defineError } from '@gemel/model/errors';

export const PayloadTooLarge = defineError('gemel:payload.toolarge', 413, (bytes: number, limit: number) => ({
  message: `The message has ${bytes} bytes; ${limit} are taken.`,
  description: 'Send smaller messages, or several.',
}));

export const SenderUnknown = defineError('gateway:authentication.failed', 401, () => ({
  message: 'The message came without a subject on whose authority it could act.',
  description: 'Give the source or the user at least one subject.',
}));
