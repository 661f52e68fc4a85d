export { answerFault } from './answer-fault.js';
export { AnsweredError } from './answered-error.js';
export { DITTO_PROTOCOL_CONTENT_TYPE, formatEnvelope, parseEnvelope } from './envelope.js';
export type { Envelope } from './envelope.js';
export {
  AckCorrelationMissing,
  AckLabelForbidden,
  EnvelopeInconsistent,
  SignalUnsupported,
  TopicUnknown,
} from './errors.js';
export { policyCommandOf } from './policy-commands.js';
export { isLive, liveEnvelope, liveOf } from './live-signals.js';
export type { LiveAnswer, LiveSignal } from './live-signals.js';
export { thingCommandOf } from './thing-commands.js';
export { policyEventEnvelope } from './policy-events.js';
export { errorEnvelope, errorTopic, eventEnvelope, eventTopic, responseEnvelope } from './thing-signals.js';
export type { CommandResult } from './thing-signals.js';
export { announcedSubjects, subjectDeletionEnvelope } from './subject-deletion.js';
export type { SubjectDeletion } from './subject-deletion.js';
export { isTwinAck, twinAckOf } from './twin-ack.js';
export type { TwinAck } from './twin-ack.js';
export { formatTopic, parseTopic } from './topic.js';
export type {
  Channel,
  ConnectionTopic,
  EventAction,
  PolicyCommandAction,
  PolicyTopic,
  ThingCommandAction,
  ThingTopic,
  Topic,
} from './topic.js';
