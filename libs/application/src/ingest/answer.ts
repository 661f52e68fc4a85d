import type { ResponseType } from '@gemel/model/connections';
import type { GemelError } from '@gemel/model/errors';
import { headerValue } from '@gemel/model/headers';
import type { OutgoingSignal } from '@gemel/model/mapping';
import { errorEnvelope, errorTopic, formatEnvelope, responseEnvelope } from '@gemel/model/protocol';
import type { Envelope, Topic } from '@gemel/model/protocol';
import { acksJson, combinedStatus, isSuccess } from '../acks/index.js';
import type { Ack } from '../acks/index.js';
import type { PolicyReply } from '../policies/index.js';
import type { ThingReply } from '../things/index.js';

/** What became of a signal, for whoever has sent it. */
export interface Answer extends OutgoingSignal {
  readonly type: ResponseType;
}

const STATUS = { created: 201, modified: 204, deleted: 204, retrieved: 200 } as const;

/** What a command led to. */
export type Reply = ThingReply | PolicyReply;

export function statusOf({ outcome }: Reply): number {
  return STATUS[outcome];
}

export function responseTo(command: Envelope, reply: Reply): Answer {
  const { value, etag, revision } = reply;
  const status = statusOf(reply);
  const json = responseEnvelope(command, { status, etag, revision, ...(status === 204 ? undefined : { value }) });
  return { type: 'response', topic: command.topic, json };
}

/** One acknowledgement as itself, several by their labels (Ditto, "Protocol specification: acknowledgements"). */
export function acknowledgementsTo({ topic, headers }: Envelope, acks: readonly Ack[]): Answer {
  const [only] = acks;
  const label = acks.length === 1 ? only?.label : undefined;
  const status = combinedStatus(acks);
  const answered: Topic = {
    namespace: topic.namespace,
    name: topic.name,
    group: 'things',
    channel: topic.group === 'things' ? topic.channel : 'twin',
    criterion: 'acks',
    ...(label === undefined ? undefined : { label }),
  };
  const value = label === undefined ? acksJson(acks) : only?.payload;
  const json = formatEnvelope({
    topic: answered,
    headers: { 'correlation-id': headerValue(headers, 'correlation-id') ?? '', 'content-type': 'application/json' },
    path: [],
    ...(value === undefined ? undefined : { value }),
    status,
  });
  return { type: isSuccess({ status }) ? 'response' : 'nack', topic: answered, json };
}

/** @param cause without a topic when the message could not be read so far */
export function refusalOf(error: GemelError, cause: Pick<Envelope, 'headers'> & Partial<Envelope>): Answer {
  return { type: 'error', topic: errorTopic(cause.topic), json: errorEnvelope(error, cause) };
}
