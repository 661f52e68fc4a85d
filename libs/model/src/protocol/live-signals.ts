import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { formatFieldSelector, member, isJsonObject } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import { messageAddressAt } from '../messages/index.js';
import { formatEnvelope } from './envelope.js';
import type { Envelope } from './envelope.js';
import { EnvelopeInconsistent, SignalUnsupported } from './errors.js';
import { formatTopic } from './topic.js';
import type { ThingTopic } from './topic.js';

interface OnTheLiveChannel {
  readonly thingId: ThingId;
  readonly envelope: Envelope & { readonly topic: ThingTopic };
}

/** What devices and back ends tell or ask each other; nothing of it is stored. */
export interface LiveSignal extends OnTheLiveChannel {
  readonly kind: 'message' | 'command' | 'event';
}

/** What comes back for a signal, under its correlation id. */
export interface LiveAnswer extends OnTheLiveChannel {
  /** error: a refusal as Ditto's error object; acknowledgement: of the label in the topic. */
  readonly kind: 'response' | 'error' | 'acknowledgement';
  readonly status: number;
}

/** Whether a message is one of the live channel. */
export function isLive({ topic }: Envelope): boolean {
  return topic.group === 'things' && topic.channel === 'live';
}

/**
 * What a message on the live channel of one thing is.
 * @throws SignalUnsupported it is of another kind, or of the twin channel
 * @throws ThingIdInvalid @throws EnvelopeInconsistent
 */
export function liveOf(envelope: Envelope): LiveSignal | LiveAnswer {
  const { topic } = envelope;
  if (topic.group !== 'things' || topic.channel !== 'live') throw new SignalUnsupported(formatTopic(topic));
  const thingId = parseThingId(`${topic.namespace}:${topic.name}`);
  const live = { thingId, envelope: { ...envelope, topic } };
  switch (topic.criterion) {
    case 'messages':
      checkMessagePath(envelope, topic.subject);
      return answerOr('message', live);
    case 'commands':
      if (topic.action === 'migrate') throw new SignalUnsupported(formatTopic(topic));
      return answerOr('command', live);
    case 'events':
      return { ...live, kind: 'event' };
    case 'errors':
      return { ...live, kind: 'error', status: checkStatus(envelope.status ?? statusIn(envelope)) };
    case 'acks':
      if (topic.label === undefined) throw new SignalUnsupported(formatTopic(topic));
      return { ...live, kind: 'acknowledgement', status: checkStatus(envelope.status ?? 200) };
    case 'search':
    case 'streaming':
      throw new SignalUnsupported(formatTopic(topic));
  }
}

/** The JSON of a live signal for its receivers; a retrieve keeps its `fields`. */
export function liveEnvelope({ envelope }: OnTheLiveChannel): JsonObject {
  const { fields } = envelope;
  const json = formatEnvelope(envelope);
  return fields === undefined ? json : { ...json, fields: formatFieldSelector(fields) };
}

function answerOr(kind: 'message' | 'command', live: OnTheLiveChannel): LiveSignal | LiveAnswer {
  const { status } = live.envelope;
  return status === undefined ? { ...live, kind } : { ...live, kind: 'response', status: checkStatus(status) };
}

function checkStatus(status: number): number {
  if (status < 100 || status > 599) throw new EnvelopeInconsistent(`'${status}' is no HTTP status`);
  return status;
}

function statusIn({ value }: Envelope): number {
  const status = isJsonObject(value) ? member(value, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}

function checkMessagePath({ path }: Envelope, subject: string): void {
  const address = messageAddressAt(path);
  if (address === undefined)
    throw new EnvelopeInconsistent("a message's path is '[/features/<id>]/inbox|outbox/messages/<subject>'");
  if (address.subject !== subject) throw new EnvelopeInconsistent('topic and path name different message subjects');
}
