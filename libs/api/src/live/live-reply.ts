import { LIVE_RESPONSE } from '@gemel/model/headers';
import type { LiveOutcome, LiveReply } from '@gemel/application/messages';
import { headerText, withoutInternalHeaders } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import { AcknowledgementTimeout, isMediaType, payloadContent } from '@gemel/model/messages';
import { AnsweredError } from '@gemel/model/protocol';
import type { LiveAnswer } from '@gemel/model/protocol';
import { jsonReply } from '../http/index.js';
import type { Reply } from '../http/index.js';

const ACCEPTED: Reply = { status: 202 };
const RAW = 'application/octet-stream';
const JSON_TYPE = 'application/json';

/** What the sender of a message gets: the device's own status and body. @throws AnsweredError */
export function messageReply(outcome: LiveOutcome): Reply {
  return replyOf(outcome, contentReply);
}

/** What the sender of a live command gets, as from the twin. @param location of what was created @throws AnsweredError */
export function liveThingReply(reply: LiveReply, location: () => string): Reply {
  const { status, headers, body } = replyOf(reply, (answer) => commandReply(answer, location));
  return { status, headers: { ...reply.headers, ...headers }, ...(body === undefined ? undefined : { body }) };
}

function replyOf(outcome: LiveOutcome, one: (answer: LiveAnswer) => Reply): Reply {
  const { labels, received, responseRequired } = outcome;
  if (labels.length === 0) return ACCEPTED;
  const [only] = labels;
  const answer = labels.length === 1 && only === LIVE_RESPONSE ? received.get(only) : undefined;
  if (answer?.kind === 'error') throw new AnsweredError(answer);
  const reply = answer === undefined ? acknowledgementsReply(outcome) : one(answer);
  return responseRequired || !isSuccess(reply.status) ? reply : ACCEPTED;
}

/** Ditto, "HTTP API": 502 is the server's own, and bodies go as their content type says (contract 1.6). */
function contentReply({ status, envelope: { headers, value } }: LiveAnswer): Reply {
  const outside = status === 502 || status < 200 ? 200 : status;
  if (value === undefined || outside === 204 || outside === 304) return { status: outside };
  const contentType = headerText(headers, 'content-type');
  const content = payloadContent(value, contentType);
  return {
    status: outside,
    headers: { 'content-type': contentType !== undefined && isMediaType(contentType) ? contentType : RAW },
    body: typeof content === 'string' ? content : Buffer.from(content),
  };
}

function commandReply(answer: LiveAnswer, location: () => string): Reply {
  const { status, envelope } = answer;
  const { status: outside } = contentReply(answer);
  const headers: Record<string, string> = status === 201 ? { location: location() } : {};
  return envelope.value === undefined || outside === 204 || outside === 304
    ? { status: outside, headers }
    : { status: outside, headers: { ...headers, 'content-type': JSON_TYPE }, body: JSON.stringify(envelope.value) };
}

/** One label: its own status and payload; several: an object of them (Ditto, "Acknowledgements"). */
function acknowledgementsReply({ labels, received, timeoutMs, responseRequired }: LiveOutcome): Reply {
  const acks = labels.map(
    (label) => [label, acknowledgementOf(received.get(label), timeoutMs, responseRequired)] as const,
  );
  const [first] = acks;
  if (acks.length === 1 && first !== undefined) {
    const { status, payload } = first[1];
    return payload === undefined || status === 204 ? { status } : jsonReply(status, payload);
  }
  const status = acks.every(([, ack]) => isSuccess(ack.status)) ? 200 : 424;
  return jsonReply(status, Object.fromEntries(acks.map(([label, ack]): [string, JsonObject] => [label, { ...ack }])));
}

/** Who wants no response is told the statuses alone. */
function acknowledgementOf(answer: LiveAnswer | undefined, timeoutMs: number, withPayload: boolean) {
  if (answer === undefined) {
    const { status, ...error } = new AcknowledgementTimeout(timeoutMs).toJson();
    return { status, ...(withPayload ? { payload: { status, ...error } } : undefined), headers: {} };
  }
  const { status, envelope } = answer;
  return {
    status: status < 200 ? 200 : status,
    ...(withPayload && envelope.value !== undefined ? { payload: envelope.value } : undefined),
    headers: withPayload ? withoutInternalHeaders(envelope.headers) : {},
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
