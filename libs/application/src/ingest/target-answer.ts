import { LIVE_RESPONSE, headerText, parseRequestedAcks } from '@gemel/model/headers';
import type { AckLabel } from '@gemel/model/headers';
import { isJsonObject } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { DITTO_PROTOCOL_CONTENT_TYPE, liveOf, parseEnvelope } from '@gemel/model/protocol';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import type { PublishOutcome } from '../ports/index.js';
import { payloadOf } from './outcome-payload.js';

/**
 * What a target says of a live signal that it has published, where the sender asked for the label that the target issues:
 * an acknowledgement, or for `live-response` the answer itself (Ditto, "HTTP push": the response of the endpoint).
 * @throws GemelError the other side has answered with a Ditto Protocol message that is none
 */
export function targetAnswer(label: AckLabel, signal: LiveSignal, outcome: PublishOutcome): LiveAnswer | undefined {
  if (signal.kind === 'event' || !asksFor(label, signal.envelope.headers)) return undefined;
  return label === LIVE_RESPONSE ? responseOf(signal, outcome) : acknowledgementOf(label, signal, outcome);
}

function asksFor(label: AckLabel, headers: JsonObject): boolean {
  const requested = parseRequestedAcks(headerText(headers, 'requested-acks'));
  if (requested !== undefined) return requested.includes(label);
  return label === LIVE_RESPONSE && headerText(headers, 'response-required') !== 'false';
}

function acknowledgementOf(label: AckLabel, { thingId, envelope }: LiveSignal, { status }: PublishOutcome): LiveAnswer {
  const { namespace, name } = envelope.topic;
  const topic = { namespace, name, group: 'things', channel: 'live', criterion: 'acks', label } as const;
  return {
    kind: 'acknowledgement',
    thingId,
    status,
    envelope: { topic, headers: answerHeaders(envelope), path: [], status },
  };
}

function responseOf({ thingId, envelope }: LiveSignal, outcome: PublishOutcome): LiveAnswer {
  const { status, headers: given = {} } = outcome;
  const contentType = given['content-type'];
  const value = payloadOf(outcome);
  const headers = answerHeaders(envelope);
  if (contentType?.startsWith(DITTO_PROTOCOL_CONTENT_TYPE) === true && isJsonObject(value)) {
    const said = liveOf(parseEnvelope(value));
    if ('status' in said)
      return { ...said, envelope: { ...said.envelope, headers: { ...said.envelope.headers, ...headers } } };
  }
  const { topic, path } = envelope;
  const typed = contentType === undefined ? headers : { ...headers, 'content-type': contentType };
  return {
    kind: 'response',
    thingId,
    status,
    envelope: { topic, headers: typed, path, status, ...(value === undefined ? undefined : { value }) },
  };
}

/** An answer belongs to its question by the correlation id, whatever the other side says. */
function answerHeaders({ headers }: LiveSignal['envelope']): JsonObject {
  return { 'correlation-id': headerText(headers, 'correlation-id') ?? '' };
}
