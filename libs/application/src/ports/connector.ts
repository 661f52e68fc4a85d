import type { Connection, Qos } from '@gemel/model/connections';
import { defineError } from '@gemel/model/errors';
import type { SubjectId } from '@gemel/model/policies';

/** A message that a connector received, before any mapping. */
export interface InboundMessage {
  /** Topic, queue or path it came on. */
  readonly address: string;
  readonly payload: Uint8Array;
  /** On whose authority: the first subject is the originator. */
  readonly subjects: readonly SubjectId[];
  /** Transport headers, keys in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Index of the connection's source that took it: the first one that the address matches. */
  readonly source?: number;
}

/**
 * Handles one message. Resolves when its effect is committed or when it can never be applied (that is recorded elsewhere).
 * Rejects with MessageUnacceptable when it can never be applied and the sender shall know: transports that can say so do
 * (AMQP: rejected, or nack without requeue), the others confirm it. Rejects with anything else when a later redelivery may
 * succeed: then the transport must not confirm it.
 */
export type InboundHandler = (message: InboundMessage) => Promise<void>;

export interface OutboundMessage {
  /** Resolved; how it is made up is the type's own: topic, `topic/key`, `exchange/routingKey`, `POST:/path`. */
  readonly address: string;
  readonly payload: string | Uint8Array;
  readonly qos: Qos;
  /** Messages of one group keep their order where the transport works on several at a time; the thing's id. */
  readonly group?: string | undefined;
  /**
   * Keys in lower case. Transports that carry none leave them away; those that begin with the name of a transport, such
   * as `mqtt.retain`, say how it is sent.
   */
  readonly headers: Readonly<Record<string, string>>;
}

/** A way out to devices and consumers. Messages to one address keep their order. */
export interface OutboundPublisher {
  /**
   * Resolves when the transport has taken it over, for QoS 1 and 2 when it has said so; rejects when nobody knows.
   * @throws MessageRefused the transport will not take it later, either
   * @throws MessageNotTaken it will perhaps take it later
   */
  publish(message: OutboundMessage): Promise<PublishOutcome>;
  /** False when nobody would receive what is published now, so that it need not be made; true when in doubt. */
  hasReceivers(): boolean;
}

/** What the other side said of a message; an issued acknowledgement or a live response is made from it. */
export interface PublishOutcome {
  /** HTTP status: the one of the answer, or what Ditto says for the transport (Kafka 204, MQTT and AMQP 200). */
  readonly status: number;
  /** Keys in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined when there was none. */
  readonly payload?: Uint8Array;
}

/** Taken over, and there is nothing more to say. */
export const PUBLISHED: PublishOutcome = { status: 200 };

/** The other side has answered that it does not take the message now: publishing it again may help. */
export class MessageNotTaken extends Error {
  override readonly name = 'MessageNotTaken';

  constructor(
    /** Of status 408, 424, 429 or 5xx. */
    readonly outcome: PublishOutcome,
    message: string,
    /**
     * all: it is for want of room, of which there will be some again: worth waiting for, however long. perhaps all: likely so, as
     * long as no other message is taken, either.
     */
    readonly concerns: 'this one' | 'perhaps all' | 'all' = 'this one',
  ) {
    super(message);
  }
}

/** See {@link InboundHandler}. */
export const MessageUnacceptable = defineError('gemel:message.unacceptable', 400, (reason: string) => ({
  message: `The message can never be applied: ${reason}`,
  description: 'Correct what sends it. It is not delivered again.',
}));

/** Publishing it again is of no use. */
export const MessageRefused = defineError('gemel:message.refused', 400, (address: string, reason: string) => ({
  message: `A message to '${address.slice(0, 128)}' cannot be sent: ${reason}.`,
  description: 'Check the address of the target, and what the broker allows.',
}));

/** How a connection is doing. */
export interface ConnectorStatus {
  /**
   * connecting: not yet, or not any more, and it tries; open: it receives and sends; misconfigured: the other side
   * refuses it as it is (it tries still, things change); failed: it has given up.
   */
  readonly state: 'connecting' | 'open' | 'misconfigured' | 'failed';
  /** Why, for people; without secrets. */
  readonly detail: string;
}

/** Hears of each change of the status after the first `connecting`; must not throw. */
export type ConnectorObserver = (status: ConnectorStatus) => void;

/** Where something listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Where to connect to get to a place: elsewhere when the way leads through a tunnel. Certificates are still those of the
 * place itself. Rejects when there is no way now.
 */
export type Route = (place: Place) => Promise<Place>;

/** The place itself. */
export const DIRECT: Route = (place) => Promise.resolve(place);

/**
 * Opens connections of some types. What an open connection promises:
 *
 * - A message of QoS 1 or 2 is confirmed after the handler has resolved, in the order of arrival; it is not confirmed when
 *   the handler rejects or the process dies, and comes again then: at least once, with those that came after it.
 * - Handlers are called in the order of arrival, many at a time, but boundedly: beyond, the other side waits.
 * - A message that several sources would take is handled once.
 * - It connects again with growing pauses for as long as it is open. What a broken network makes the other side send again
 *   while the handler is still at it is not handled a second time.
 */
export interface Connector {
  /**
   * Resolves once it tries to connect: a broker that is away is no error.
   * @param route directly when absent
   */
  open(
    connection: Connection,
    handler: InboundHandler,
    observer: ConnectorObserver,
    route?: Route,
  ): Promise<OpenConnector>;
}

export interface OpenConnector extends OutboundPublisher {
  status(): ConnectorStatus;
  /**
   * Takes nothing new, waits until what is under way is handled and confirmed, at most for `deadlineMs`, and disconnects.
   * Idempotent; what is not confirmed by then comes again when the connection is next opened.
   */
  close(deadlineMs: number): Promise<void>;
}
