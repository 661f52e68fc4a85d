import { defineError } from '@gemel/model/errors';

export const PayloadTooLarge = defineError('gemel:payload.toolarge', 413, (bytes: number, limit: number) => ({
  message: `The message has ${bytes} bytes; ${limit} are taken.`,
  description: 'Send smaller messages, or several.',
}));

export const SenderUnknown = defineError('gateway:authentication.failed', 401, () => ({
  message: 'The message came without a subject on whose authority it could act.',
  description: 'Give the source or the user at least one subject.',
}));

export const HeaderNotSupported = defineError('header.notsupported', 400, (header: string) => ({
  message: `The header '${header}' is not supported with this value.`,
  description: 'Leave it out: without it the command is carried out in full.',
}));

export const HeadersTooLarge = defineError('headers.too.large', 431, (bytes: number, limit: number) => ({
  message: `The headers that travel with the message have ${bytes} bytes; ${limit} are taken.`,
  description: 'Send fewer or shorter headers.',
}));
