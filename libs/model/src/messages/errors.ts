import { defineError, javaNumber } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';

export const MessageSubjectInvalid = defineError('messages:subject.invalid', 400, (subject: string) => ({
  message: `'${subject}' is not the subject of a message.`,
  description: 'A subject is not empty and is the path of a URI (RFC 3986).',
}));

export const MessagePayloadTooLarge = defineError(
  'messages:payload.toolarge',
  413,
  (bytes: number, maxBytes: number) => ({
    message: `The payload of the message has ${bytes} bytes; ${maxBytes} are allowed.`,
    description: 'Send less at once, or raise the limit in the configuration.',
  }),
);

export const MessageSendNotAllowed = defineError('messages:send.notallowed', 403, (id: ThingId) => ({
  message: `You may not send this message to or from the Thing with ID '${id}'.`,
  description: "It needs WRITE on 'message:' and the path of the message in the policy of the Thing.",
}));

export const LiveEventNotAllowed = defineError('things:event.notallowed', 403, (id: ThingId) => ({
  message: `You may not send live events of the Thing with ID '${id}'.`,
  description: "It needs WRITE on 'thing:' and the path of the event in the policy of the Thing.",
}));

export const LiveChannelConditionNotAllowed = defineError('things:live.channelcondition.notallowed', 405, () => ({
  message: "Only reads may have a 'live-channel-condition'.",
  description: "Leave it out, or send the change with 'channel=live'.",
}));

/** @param fault what was wrong with an answer that came, if one did */
export const LiveTimeout = defineError('command.timeout', 408, (timeoutMs: number, fault?: string) => ({
  message: `Nobody has answered within ${javaNumber(timeoutMs)}ms.`,
  description:
    fault === undefined
      ? 'Check that the device listens, or allow more time.'
      : `An answer came that is none: ${fault}`,
}));

/** The payload of a label that nobody has acknowledged. */
export const AcknowledgementTimeout = defineError('acknowledgement:request.timeout', 408, (timeoutMs: number) => ({
  message: `The acknowledgement did not come within ${javaNumber(timeoutMs)}ms.`,
  description: 'Check that somebody issues it, or allow more time.',
}));

export const CorrelationIdInUse = defineError(
  'acknowledgement:request.duplicate.correlation-id',
  409,
  (correlationId: string) => ({
    message: `A request with the correlation ID '${correlationId}' waits already.`,
    description: 'Give each request a correlation ID of its own.',
  }),
);

export const ZeroTimeoutForResponse = defineError('header.invalid', 400, () => ({
  message: 'An answer or an acknowledgement is wanted, and the timeout leaves no time for it.',
  description: 'Send a timeout above zero, or ask for no response and no acknowledgement.',
}));

/** An answer of a device that nobody can use; nothing else happens to it. */
export const AnswerUnexpected = defineError('gemel:answer.unexpected', 400, (reason: string) => ({
  message: `The answer reaches nobody: ${reason}`,
  description: 'An answer needs the correlation-id, topic and path of what it answers, and to come in time.',
}));

export const TooManyWaiting = defineError('too.many.requests', 429, () => ({
  message: 'Too many requests wait for an answer.',
  description: 'Try again after a short while.',
}));
