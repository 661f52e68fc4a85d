import type { MessageService, LiveWait } from '@gemel/application/messages';
import { TimeoutMalformed, TimeoutTooLong, parseHeaderDuration, parseRequestedAcks } from '@gemel/model/headers';
import { CLAIM, MessageSubjectInvalid, mailboxPath, parseSubject, payloadValue } from '@gemel/model/messages';
import type { MessageAddress } from '@gemel/model/messages';
import { RouteUnknown, methodNotAllowed } from '../http/index.js';
import type { ApiRequest, Parameter, Route } from '../http/index.js';
import { messageReply } from '../live/index.js';
import { CONDITION, REFUSALS, schemaRef } from '../openapi/index.js';
import { thingIdIn } from '../things/index.js';
import type { MessageStreams } from './message-streams.js';

export interface MessageRouteParts {
  readonly messages: Pick<MessageService, 'send' | 'checkSize'>;
  readonly streams: MessageStreams;
  readonly defaultNamespace: string;
}

/** How long senders wait, in milliseconds (contract 2.7). */
interface WaitLimits {
  readonly usual: number;
  readonly max: number;
}

const MESSAGE: WaitLimits = { usual: 10_000, max: 60_000 };
const CLAIMING: WaitLimits = { usual: 60_000, max: 600_000 };

const tag = 'Messages';
const WAIT: readonly Parameter[] = [
  {
    name: 'timeout',
    in: 'query',
    description:
      'How long to wait for the answer, for example `500ms`; 10 s when absent, 60 s at most; 0 waits for none.',
  },
  {
    name: 'response-required',
    in: 'query',
    description: '`false` answers 202 without waiting.',
    schema: { type: 'boolean' },
  },
  {
    name: 'requested-acks',
    in: 'query',
    description: 'Labels of acknowledgements to wait for, separated by commas; the answer itself is `live-response`.',
  },
];
const BODY = {
  description: 'Any payload, 250 kB at most.',
  mediaTypes: ['*/*'],
  optional: true,
  raw: true,
  schema: {},
} as const;
const RESPONSES = {
  200: { description: 'The answer of the device, with its status and its body.' },
  202: { description: 'Sent; nobody waited for an answer.' },
  204: { description: 'The device has answered without a body.' },
  403: { description: 'You may not send this message.', schema: schemaRef('Error') },
  404: { description: 'There is no such thing.', schema: schemaRef('Error') },
  408: { description: 'No device has answered in time.', schema: schemaRef('Error') },
  413: { description: 'The payload is too large.', schema: schemaRef('Error') },
  424: { description: 'Not all requested acknowledgements came, or not all were good.', schema: { type: 'object' } },
} as const;

const ENDS = [
  { box: 'inbox', ofFeature: false, summary: 'Send a message to a thing' },
  { box: 'outbox', ofFeature: false, summary: 'Send a message from a thing' },
  { box: 'inbox', ofFeature: true, summary: 'Send a message to a feature' },
  { box: 'outbox', ofFeature: true, summary: 'Send a message from a feature' },
] as const;
type End = (typeof ENDS)[number];

/** Inboxes and outboxes of things and features, claims, and the event streams of messages. */
export function messageRoutes(parts: MessageRouteParts): readonly Route[] {
  return [
    claimRoute(parts),
    ...ENDS.flatMap((end) => [sendRoute(end, parts), withoutSubject(end), ...streamRoutes(end, parts)]),
  ];
}

function sendRoute(end: End, parts: MessageRouteParts): Route {
  return {
    method: 'POST',
    path: `${pathOf(end)}/*`,
    summary: end.summary,
    description:
      'The rest of the path is the subject, which may hold slashes. Every subscriber with READ gets the message; the first answer counts.',
    tag,
    parameters: [CONDITION, ...WAIT],
    body: BODY,
    responses: { ...RESPONSES, ...REFUSALS.precondition },
    handler: (request) =>
      send(request, MESSAGE, () => ({ ...addressOf(end, request), subject: parseSubject(request.param('*')) }), parts),
  };
}

/** A path that ends in a slash is taken for the one without: it is a message whose subject is empty. */
function withoutSubject(end: End): Route {
  return {
    method: 'POST',
    path: pathOf(end),
    summary: '',
    tag,
    undocumented: true,
    responses: {},
    handler: ({ path }) => {
      throw path.endsWith('/') ? new MessageSubjectInvalid('') : new RouteUnknown(path);
    },
  };
}

function claimRoute(parts: MessageRouteParts): Route {
  return {
    method: 'POST',
    path: '/api/2/things/:thingId/inbox/claim',
    summary: 'Ask a thing for access',
    description:
      'A message with the subject `claim`, for which nobody needs a permission. It waits 60 s, 10 minutes at most.',
    tag,
    parameters: WAIT,
    body: BODY,
    responses: RESPONSES,
    handler: (request) => send(request, CLAIMING, () => ({ direction: 'TO', subject: CLAIM, isClaim: true }), parts),
  };
}

/** Checks in Ditto's order: the id, the headers, the subject, the payload, and then what the sender may do. */
async function send(
  request: ApiRequest,
  limits: WaitLimits,
  addressed: () => MessageAddress & { readonly isClaim?: boolean },
  { messages, defaultNamespace }: MessageRouteParts,
) {
  const thingId = thingIdIn(request, defaultNamespace);
  const wait = waitOf(request, limits);
  const address = addressed();
  const payload = request.bytes();
  messages.checkSize(payload.length);
  const contentType = request.header('content-type');
  const value = payload.length === 0 ? undefined : payloadValue(payload, contentType);
  const message = { ...address, thingId, value, contentType, bytes: payload.length };
  return messageReply(await messages.send(message, { ...request.context(), gone: request.gone }, wait));
}

/** @throws TimeoutMalformed, TimeoutTooLong, HeaderInvalid */
function waitOf(request: ApiRequest, { usual, max }: WaitLimits): LiveWait {
  const text = request.header('timeout');
  const timeoutMs = text === undefined ? usual : parseHeaderDuration(text);
  if (timeoutMs === undefined) throw new TimeoutMalformed(text ?? '');
  if (timeoutMs > max) throw new TimeoutTooLong(timeoutMs, max);
  return {
    timeoutMs,
    responseRequired: request.flag('response-required'),
    requestedAcks: parseRequestedAcks(request.header('requested-acks')),
  };
}

/** One for all subjects, and one for each. */
function streamRoutes(end: End, { streams, defaultNamespace }: MessageRouteParts): readonly Route[] {
  const common = {
    method: 'GET',
    summary: `Follow the messages of ${end.ofFeature ? 'a feature' : 'a thing'} as server-sent events`,
    description: `With \`Accept: text/event-stream\`. The ${end.box}; the event's name is the subject, its data the payload, of bytes as base64.`,
    tag,
    responses: {
      200: { description: 'The stream.', mediaType: 'text/event-stream', schema: { type: 'string' } },
      ...REFUSALS.read,
      405: { description: 'The request accepts no server-sent events.', schema: schemaRef('Error') },
    },
    handler: (request: ApiRequest) => {
      throw methodNotAllowed(request.method, ['GET', 'POST']);
    },
  } as const;
  const open = (request: ApiRequest, subject: string) => {
    const { direction, featureId } = addressOf(end, request);
    const mailbox = mailboxPath(direction, featureId);
    return streams.open(request, { thingId: thingIdIn(request, defaultNamespace), mailbox, subject });
  };
  return [
    { ...common, path: pathOf(end), eventStream: (request) => open(request, '') },
    {
      ...common,
      path: `${pathOf(end)}/*`,
      summary: `${common.summary}, one subject`,
      eventStream: (request) => {
        const rest = request.param('*');
        return open(request, rest === '' ? '' : parseSubject(rest));
      },
    },
  ];
}

function pathOf({ box, ofFeature }: End): string {
  return `/api/2/things/:thingId${ofFeature ? '/features/:featureId' : ''}/${box}/messages`;
}

function addressOf({ box, ofFeature }: End, request: ApiRequest): Omit<MessageAddress, 'subject'> {
  return {
    direction: box === 'inbox' ? 'TO' : 'FROM',
    featureId: ofFeature ? request.param('featureId') : undefined,
  };
}
