import type { GemelError } from '../errors/index.js';
import type { JsonObject } from '../json/index.js';
import type { PlaceholderContext } from '../placeholders/index.js';
import type { Envelope, Topic } from '../protocol/index.js';

/** What a transport has brought. */
export interface IncomingMessage {
  /** Keys in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** A signal that is to go out. */
export interface OutgoingSignal {
  readonly topic: Topic;
  /** The whole of it as a Ditto Protocol message. */
  readonly json: JsonObject;
}

/** What a transport is to carry. */
export interface OutgoingMessage {
  /** Keys in lower case; what a header mapping says counts more. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Uint8Array;
}

/**
 * Turns payloads of devices into Ditto Protocol messages, and signals into payloads. None: the message is dropped, which
 * is no failure.
 */
export interface PayloadMapper {
  /**
   * Absent when it is for outgoing messages only.
   * @throws GemelError the payload cannot be mapped
   */
  incoming?(message: IncomingMessage, context: PlaceholderContext): readonly Envelope[];
  /** Whether it has something to say of messages from the context's address, be it that they are left out. Absent: nobody can tell. */
  readonly knows?: (context: PlaceholderContext) => boolean;
  /** Whether what it made of a message may be refused like that, as nothing else is expected. */
  readonly isNoFailure?: (refusal: GemelError) => boolean;
  /**
   * Absent when it is for incoming messages only.
   * @throws GemelError the signal cannot be mapped
   */
  outgoing?(signal: OutgoingSignal, context: PlaceholderContext): readonly OutgoingMessage[];
}

/** A script that has to be run somewhere. */
export interface MappingScript {
  /** Defines `mapToDittoProtocolMsg` or its wrapper; undefined when incoming messages are as the Ditto mapper has them. */
  readonly incoming: string | undefined;
  /** Defines `mapFromDittoProtocolMsg` or its wrapper. */
  readonly outgoing: string | undefined;
  readonly loadsByteBuffer: boolean;
  readonly loadsLong: boolean;
}

/** A mapper as a connection configures it. */
export type ConfiguredMapper =
  | { readonly kind: 'mapper'; readonly mapper: PayloadMapper }
  | { readonly kind: 'script'; readonly script: MappingScript };
