import type { ResponseType } from '@gemel/model/connections';
import type { GemelError } from '@gemel/model/errors';
import type { OutgoingSignal } from '@gemel/model/mapping';
import { errorEnvelope, errorTopic, responseEnvelope } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import type { PolicyReply } from '../policies/index.js';
import type { ThingReply } from '../things/index.js';

/** What became of a signal, for whoever has sent it. */
export interface Answer extends OutgoingSignal {
  readonly type: ResponseType;
}

const STATUS = { created: 201, modified: 204, deleted: 204, retrieved: 200 } as const;

/** What a command led to. */
export type Reply = ThingReply | PolicyReply;

export function responseTo(command: Envelope, reply: Reply): Answer {
  const { outcome, value, etag, revision } = reply;
  const status = STATUS[outcome];
  const json = responseEnvelope(command, { status, etag, revision, ...(status === 204 ? undefined : { value }) });
  return { type: 'response', topic: command.topic, json };
}

/** @param cause without a topic when the message could not be read so far */
export function refusalOf(error: GemelError, cause: Pick<Envelope, 'headers'> & Partial<Envelope>): Answer {
  return { type: 'error', topic: errorTopic(cause.topic), json: errorEnvelope(error, cause) };
}
