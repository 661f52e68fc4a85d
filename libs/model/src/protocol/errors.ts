import { defineError } from '../errors/index.js';

export const TopicUnknown = defineError('protocoladapter:unknown.topicpath', 400, (topic: string) => ({
  message: `The topic '${excerpt(topic)}' is not one of the Ditto Protocol.`,
  description: "A thing command's topic is '<namespace>/<name>/things/twin/commands/<action>'.",
}));

export const EnvelopeInconsistent = defineError('protocoladapter:illegal.adaptable', 422, (fault: string) => ({
  message: `The members of the Ditto Protocol message contradict each other: ${fault}.`,
  description: 'Make topic, path and value fit each other.',
}));

export const SignalUnsupported = defineError('protocoladapter:unknown.signal', 400, (topic: string) => ({
  message: `Messages with the topic '${excerpt(topic)}' are not taken here.`,
  description: 'Commands to the twin channel of a thing are.',
}));

export const AckCorrelationMissing = defineError('acknowledgement:correlation-id.missing', 400, () => ({
  message: 'The acknowledgement does not say what it acknowledges.',
  description: 'Send the correlation-id of the signal as a header.',
}));

export const AckLabelForbidden = defineError('acknowledgement:ditto.acklabel.forbidden', 400, (label: string) => ({
  message: `'${label}' is acknowledged by the server itself.`,
  description: 'Issue acknowledgements of labels of your own.',
}));

/** Hostile topics may be as long as a packet; an error text is not. */
function excerpt(text: string): string {
  return text.length <= 128 ? text : `${text.slice(0, 128)}…`;
}
