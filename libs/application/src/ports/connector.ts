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
}

/**
 * Handles one message. Resolves when its effect is committed or when it can never be applied (that is recorded elsewhere);
 * rejects only when a later redelivery may succeed: then the transport must not confirm it.
 */
export type InboundHandler = (message: InboundMessage) => Promise<void>;

export interface OutboundMessage {
  readonly address: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly headers: Readonly<Record<string, string>>;
}

/** A way out to devices and consumers. Messages to one address keep their order. */
export interface OutboundPublisher {
  /** Resolves when the transport has taken it over; rejects when it has not. */
  publish(message: OutboundMessage): Promise<void>;
  /** False when nobody would receive what is published now, so that it need not be made; true when in doubt. */
  hasReceivers(): boolean;
}
