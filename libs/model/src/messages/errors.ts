import { defineError, javaNumber } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';

export const MessageSubjectInvalid = defineError('messages:subject.invalid', 400, (subject: string) => ({
  message: `Subject '${subject}' is not valid!`,
  description:
    "It must not be empty and conform to RFC-3986 (URI) - check here if it does (select 'path' in the list): " +
    'http://www.websitedev.de/temp/rfc3986-check.html.gz',
}));

export const MessagePayloadTooLarge = defineError(
  'messages:payload.toolarge',
  413,
  (bytes: number, maxBytes: number) => ({
    message:
      `The message payload size of '${javaNumber(bytes / 1024)}' kB exceeds the maximal allowed size of ` +
      `'${javaNumber(maxBytes / 1024)}' kB.`,
    description: 'Reduce the message payload in the bounds of the specified limit',
  }),
);

export const MessageSendNotAllowed = defineError('messages:send.notallowed', 403, (id: ThingId) => ({
  message: `You are not allowed to send messages for the Thing with id '${id}'!`,
  description:
    'Please make sure that the Thing exists and that you have WRITE permissions on the message resource in the policy ' +
    'of the Thing.',
}));

export const LiveEventNotAllowed = defineError('things:event.notallowed', 403, (id: ThingId) => ({
  message: `You are not allowed to send events for the Thing with id '${id}'!`,
  description:
    'Please make sure that the Thing exists and that you have WRITE permissions on the message resource in the policy ' +
    'of the Thing.',
}));

export const LiveChannelConditionNotAllowed = defineError('things:live.channelcondition.notallowed', 405, () => ({
  message: "The specified 'live-channel-condition' is only allowed to be used for retrieving API calls.",
  description: "For modifying API calls the 'live-channel-condition' cannot be used, please remove the condition.",
}));

/** @param fault what was wrong with an answer that came, if one did */
export const LiveTimeout = defineError('command.timeout', 408, (timeoutMs: number, fault?: string) => ({
  message: `The Command reached the specified timeout of ${javaNumber(timeoutMs)}ms.`,
  description:
    fault === undefined
      ? 'Try increasing the command timeout.'
      : 'Received no appropriate live response within the specified timeout. ' +
        `An invalid response was received, though: ${fault}`,
}));

/** The payload of a label that nobody has acknowledged. */
export const AcknowledgementTimeout = defineError('acknowledgement:request.timeout', 408, (timeoutMs: number) => ({
  message: `The acknowledgement request reached the specified timeout of ${javaNumber(timeoutMs)}ms.`,
  description: 'Try increasing the timeout and make sure that the requested acknowledgement is sent back in time.',
}));

export const CorrelationIdInUse = defineError(
  'acknowledgement:request.duplicate.correlation-id',
  409,
  (correlationId: string) => ({
    message: `Correlation-id <${correlationId}> for acknowledgement request was already used very recently.`,
    description:
      'Please provide unique correlation-ids when requesting acknowledgements, at least unique within at least several ' +
      'minutes.',
  }),
);

export const ZeroTimeoutForResponse = defineError('header.invalid', 400, () => ({
  message: "The value of the header 'timeout' must not be zero if response or acknowledgements are requested.",
  description: 'Please provide a positive timeout.',
}));

/** An answer of a device that nobody can use; nothing else happens to it. */
export const AnswerUnexpected = defineError('gemel:answer.unexpected', 400, (reason: string) => ({
  message: `The answer reaches nobody: ${reason}`,
  description: 'An answer needs the correlation-id, topic and path of what it answers, and to come in time.',
}));

export const TooManyWaiting = defineError('too.many.requests', 429, () => ({
  message: 'You made too many requests.',
  description: 'Try again soon.',
}));
