import { defineError } from '@gemel/model/errors';
import type { GemelError } from '@gemel/model/errors';
import type { AckLabel } from '@gemel/model/headers';
import { LiveTimeout } from '@gemel/model/messages';
import { isSuccess } from '../acks/index.js';
import type { Ack } from '../acks/index.js';
import { LeaseLost, RevisionConflict } from '../ports/index.js';

/** Statuses of failures that pass; everything else would fail again. */
const TRANSIENT_STATUSES = new Set([408, 424, 429]);
const TRANSIENT_CODES = new Set([RevisionConflict.code, LeaseLost.code]);

export const PayloadTooLarge = defineError('gemel:payload.toolarge', 413, (bytes: number, limit: number) => ({
  message: `The message has ${bytes} bytes; ${limit} are taken.`,
  description: 'Send smaller messages, or several.',
}));

export const MessageInternalError = defineError('internalerror', 500, () => ({
  message: 'The message could not be applied for a reason that is not yours.',
  description: 'The log of the server has more, under the correlation id of the message.',
}));

export const AcknowledgementLabelNotDeclared = defineError(
  'acknowledgement:label.not.declared',
  400,
  (label: AckLabel) => ({
    message: `Nobody has declared to acknowledge with the label '${label}' here.`,
    description: "Add it to the 'declaredAcks' of the source that it comes on.",
  }),
);

/** It may succeed when the message is delivered again. */
export const AcknowledgementMissing = defineError(
  'gemel:acknowledgement.missing',
  424,
  (labels: readonly AckLabel[]) => ({
    message: `What the message changed was not acknowledged: ${labels.join(', ')}.`,
    description: 'It is carried out once more when the message is delivered again.',
  }),
);

/** It would fail again. */
export const AcknowledgementNegative = defineError(
  'gemel:acknowledgement.negative',
  400,
  (labels: readonly AckLabel[]) => ({
    message: `What the message changed was acknowledged as failed: ${labels.join(', ')}.`,
    description: 'Look at what the subscriber says of it. The message is not delivered again.',
  }),
);

/**
 * What acknowledgements make of their message (Ditto, "Acknowledgements: status code semantics"): 408, 424 and 5xx may
 * succeed later, weak ones never fail. Undefined when none failed.
 */
export function failureOf(acks: readonly Ack[]): GemelError | undefined {
  const failed = acks.filter((ack) => !isSuccess(ack));
  const passing = failed.filter(({ status }) => status >= 500 || TRANSIENT_STATUSES.has(status));
  const labels = failed.map(({ label }) => label);
  if (passing.length > 0) return new AcknowledgementMissing(labels);
  return failed.length > 0 ? new AcknowledgementNegative(labels) : undefined;
}

export const SenderUnknown = defineError('gateway:authentication.failed', 401, () => ({
  message: 'The message came without a subject on whose authority it could act.',
  description: 'Give the source or the user at least one subject.',
}));

/** Whether a message was carried out and comes again because it was not acknowledged. */
export function isUnacknowledged(error: unknown): error is GemelError {
  return error instanceof AcknowledgementMissing || error instanceof LiveTimeout;
}

/** Whether the same message may be applied when it is delivered again. */
export function isTransient({ status, code }: GemelError): boolean {
  return status >= 500 || TRANSIENT_STATUSES.has(status) || TRANSIENT_CODES.has(code);
}
