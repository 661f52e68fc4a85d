import { defineError } from '@gemel/model/errors';
import type { GemelError } from '@gemel/model/errors';
import { LeaseLost, RevisionConflict } from '../ports/index.js';

export const PayloadTooLarge = defineError('gemel:payload.toolarge', 413, (bytes: number, limit: number) => ({
  message: `The message has ${bytes} bytes; ${limit} are taken.`,
  description: 'Send smaller messages, or several.',
}));

export const MessageInternalError = defineError('internalerror', 500, () => ({
  message: 'The message could not be applied for a reason that is not yours.',
  description: 'The log of the server has more, under the correlation id of the message.',
}));

export const SenderUnknown = defineError('gateway:authentication.failed', 401, () => ({
  message: 'The message came without a subject on whose authority it could act.',
  description: 'Give the source or the user at least one subject.',
}));

/** Statuses of failures that pass; everything else would fail again. */
const TRANSIENT_STATUSES = new Set([408, 424, 429]);
const TRANSIENT_CODES = new Set([RevisionConflict.code, LeaseLost.code]);

/** Whether the same message may be applied when it is delivered again. */
export function isTransient({ status, code }: GemelError): boolean {
  return status >= 500 || TRANSIENT_STATUSES.has(status) || TRANSIENT_CODES.has(code);
}
