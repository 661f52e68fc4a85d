import { nameOf, namespaceOf } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import { MessagePayloadTooLarge, ZeroTimeoutForResponse, messagePath } from '@gemel/model/messages';
import type { MessageAddress } from '@gemel/model/messages';
import type { LiveSignal } from '@gemel/model/protocol';
import { ThingNotAccessible } from '@gemel/model/things';
import { awaitedLabels } from './ack-labels.js';
import { checkSignal } from './live-access.js';
import { answeringHeaders, messageHeaders } from './live-headers.js';
import type { LiveHub } from './live-hub.js';
import type { Acknowledged } from './waiting-room.js';
import type { AccessedThing, ThingAccess } from '../policies/index.js';
import type { Clock } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingPreconditions } from '../things/index.js';

/** How a caller waits. */
export interface LiveWait {
  /** 0: not at all. */
  readonly timeoutMs: number;
  /** Undefined when the caller says nothing: then whoever waits wants a response. */
  readonly responseRequired: boolean | undefined;
  /** Labels, as the caller names them; undefined when it says nothing. */
  readonly requestedAcks: readonly string[] | undefined;
}

/** What became of a signal. */
export interface LiveOutcome {
  /** That were waited for; empty when nobody waited. */
  readonly labels: readonly string[];
  readonly received: Acknowledged;
  readonly timeoutMs: number;
  readonly responseRequired: boolean;
}

export interface OutgoingMessage extends MessageAddress {
  readonly thingId: ThingId;
  /** As the Ditto Protocol carries it; undefined when the message has none. */
  readonly value: JsonValue | undefined;
  readonly contentType: string | undefined;
  /** Its length before it was made a value, in bytes. */
  readonly bytes: number;
  /** A claim needs no permission (contract 1.6). @default false */
  readonly isClaim?: boolean;
}

export interface MessageServiceParts {
  readonly hub: LiveHub;
  readonly access: ThingAccess;
  readonly preconditions: Pick<ThingPreconditions, 'check'>;
  readonly clock: Clock;
  /** Longest payload. */
  readonly maxBytes: number;
}

/** Sends messages to things and their features, and from them. */
export class MessageService {
  constructor(private readonly parts: MessageServiceParts) {}

  /** @throws MessagePayloadTooLarge */
  checkSize(bytes: number): void {
    if (bytes > this.parts.maxBytes) throw new MessagePayloadTooLarge(bytes, this.parts.maxBytes);
  }

  /**
   * Sends, and waits for what the caller asks for.
   * @throws ZeroTimeoutForResponse, MessagePayloadTooLarge, ThingNotAccessible, MessageSendNotAllowed, ThingConditionFailed,
   *   LiveTimeout, CorrelationIdInUse
   */
  async send(message: OutgoingMessage, context: SignalContext, wait: LiveWait): Promise<LiveOutcome> {
    const { hub, access } = this.parts;
    const answering = answeringOf(wait);
    this.checkSize(message.bytes);
    const accessed = await access.thing(message.thingId, context);
    const signal = this.#signal(message, context, answering);
    if (message.isClaim !== true) checkSignal(signal, accessed);
    checkLiveCondition(accessed, context, this.parts.preconditions);
    const { timeoutMs, labels, responseRequired } = answering;
    if (labels.length > 0) {
      return {
        labels,
        timeoutMs,
        responseRequired,
        received: await hub.ask(signal, { timeoutMs, labels, gone: context.gone }),
      };
    }
    hub.tell(signal);
    return { labels, timeoutMs, responseRequired, received: new Map() };
  }

  #signal(message: OutgoingMessage, context: SignalContext, answering: ReturnType<typeof answeringOf>): LiveSignal {
    const { thingId, value, contentType } = message;
    const path = messagePath(message);
    const topic = {
      namespace: namespaceOf(thingId),
      name: nameOf(thingId),
      group: 'things',
      channel: 'live',
      criterion: 'messages',
      subject: message.subject,
    } as const;
    const bare = { kind: 'message', thingId, envelope: { topic, path, headers: {} } } as const;
    const headers = {
      ...context.headers,
      ...(contentType === undefined ? undefined : { 'content-type': contentType }),
      'ditto-originator': context.subjects[0],
      ...answeringHeaders(answering),
      ...messageHeaders(bare, this.parts.clock.now()),
    };
    return { ...bare, envelope: { topic, path, headers, ...(value === undefined ? undefined : { value }) } };
  }
}

/** @throws ZeroTimeoutForResponse */
export function answeringOf({ timeoutMs, responseRequired: asked, requestedAcks: requested }: LiveWait) {
  const responseRequired = asked ?? timeoutMs > 0;
  if (timeoutMs === 0 && (responseRequired || (requested ?? []).length > 0)) throw new ZeroTimeoutForResponse();
  return { timeoutMs, responseRequired, labels: awaitedLabels({ responseRequired, requested }) };
}

/** A condition sees what the caller may read of the twin. @throws GemelError 404 when that is nothing, 412, 400 */
export function checkLiveCondition(
  { state, thing, enforcer }: AccessedThing,
  { condition, ...context }: SignalContext,
  preconditions: Pick<ThingPreconditions, 'check'>,
): void {
  if (condition === undefined) return;
  if (enforcer.view(thing) === undefined) throw new ThingNotAccessible(thing.thingId);
  const { subjects, headers } = context;
  preconditions.check('modify', state, [], () => enforcer.view(thing), { subjects, headers, condition });
}
