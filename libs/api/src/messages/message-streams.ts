import type { LiveHub, SeenSignal } from '@gemel/application/messages';
import type { Logger } from '@gemel/application/ports';
import type { ThingId } from '@gemel/model/ids';
import { formatPointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import { headerText } from '@gemel/model/headers';
import { contentForm, messageAddressAt } from '@gemel/model/messages';
import type { LiveSignal } from '@gemel/model/protocol';
import { EventStream, eventStreamReply } from '../http/index.js';
import type { ApiRequest, Reply } from '../http/index.js';

/** Which messages a stream shows. */
export interface MessageScope {
  readonly thingId: ThingId;
  /** Path that the messages are below. */
  readonly mailbox: JsonPointer;
  /** Empty for all. */
  readonly subject: string;
}

/** Messages as server-sent events: the subject is the event's name, the payload its data (Ditto, "Server-Sent Events"). */
export class MessageStreams {
  constructor(
    private readonly hub: Pick<LiveHub, 'subscribe'>,
    private readonly log: Logger,
  ) {}

  open(request: ApiRequest, scope: MessageScope): Reply {
    const { correlationId, subjects } = request;
    const body = new EventStream(() =>
      this.log.warn({ correlationId }, 'a message stream was ended because its client did not keep up'),
    );
    const stream = this.hub.subscribe({
      name: `messages of ${scope.thingId}`,
      subjects,
      wants: interest(scope),
      next: (seen) => body.send(dataOf(seen), { event: subjectOf(seen) }),
      ended: () => body.end(),
    });
    body.onClose(() => stream.close());
    return eventStreamReply(body);
  }
}

function interest({ thingId, mailbox, subject }: MessageScope): (signal: LiveSignal) => boolean {
  const all = formatPointer(mailbox);
  const one = `${all}/${subject}`;
  return ({ kind, thingId: id, envelope: { path } }) => {
    if (kind !== 'message' || id !== thingId) return false;
    const { subject: its = '' } = messageAddressAt(path) ?? {};
    const box = formatPointer(path.slice(0, mailbox.length));
    return box === all && (subject === '' || `${box}/${its}` === one);
  };
}

function subjectOf({ signal }: SeenSignal): string {
  return messageAddressAt(signal.envelope.path)?.subject ?? '';
}

/** Text as it is, JSON as JSON, bytes as the base64 that the protocol carries. */
function dataOf({ signal: { envelope } }: SeenSignal): string {
  const { value, headers } = envelope;
  if (value === undefined) return '';
  const isJson = contentForm(headerText(headers, 'content-type')) === 'json';
  return typeof value === 'string' && !isJson ? value : JSON.stringify(value);
}
