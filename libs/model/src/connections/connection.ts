import type { AckLabel } from '../headers/index.js';
import type { FieldSelector } from '../json/index.js';
import type { PayloadMapping } from '../mapping/index.js';
import type { Template } from '../placeholders/index.js';
import type { SubjectId } from '../policies/index.js';
import type { ConnectionUri } from './connection-uri.js';
import type { ConnectionType } from './connection-types.js';
import type { ConnectionId } from './connection-id.js';
import type { Credentials } from './credentials.js';
import type { DeadLetterTarget } from './dead-letter-target.js';
import type { HeaderMapping } from './header-mapping.js';
import type { Qos } from './qos.js';
import type { SpecificPart } from './specific-config.js';
import type { SshTunnel } from './ssh-tunnel.js';

/** A way in and out for devices and back ends, checked. Holds secrets: print its `id`, and its `uri` by `formatAddress`. */
export type Connection = ConnectionBase & SpecificPart;

/** Connections of some types. */
export type ConnectionOf<Type extends ConnectionType> = Extract<Connection, { readonly type: Type }>;

interface ConnectionBase {
  readonly id: ConnectionId;
  readonly name: string | undefined;
  /** Whether it should be open. */
  readonly status: 'open' | 'closed';
  /** Of Hono connections empty: the operator says where its Kafka is. */
  readonly uri: ConnectionUri;
  readonly sources: readonly Source[];
  readonly targets: readonly Target[];
  /** How many clients it is opened with: each publishes for the things that are its, and receives what they compete for. */
  readonly clientCount: number;
  /** Whether it connects again after a failure. */
  readonly failoverEnabled: boolean;
  readonly credentials: Credentials | undefined;
  readonly tls: TlsSettings;
  readonly sshTunnel: SshTunnel | undefined;
  /** Most messages of one client that are mapped at the same time. */
  readonly processorPoolSize: number;
  readonly tags: readonly string[];
  readonly diversion: Diversion;
  /** All that it defines, used by a source or target or not. */
  readonly mappings: readonly PayloadMapping[];
}

/** How a connection takes part in the diversion of responses, by its `specificConfig`. [ditto connectivity-response-diversion] */
export interface Diversion {
  /** Whether answers to its messages go to other connections, where their headers say so. */
  readonly isSource: boolean;
  /** Whether what is diverted is answered at the reply target, too. */
  readonly preservesNormal: boolean;
  /** Whether its targets publish what others divert to it. */
  readonly isTarget: boolean;
  /** Ids of the connections that may divert to it. */
  readonly authorizedSources: readonly string[];
}

export interface TlsSettings {
  readonly validateCertificates: boolean;
  /** PEM; undefined means the public ones. */
  readonly ca: string | undefined;
  /** PEM. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | undefined;
}

export interface Source {
  /** Topics, queues, …, with the wildcards that the type has. */
  readonly addresses: readonly string[];
  readonly qos: Qos;
  /** Consumers for each address, where the type can have several. */
  readonly consumerCount: number;
  /** On whose authority its messages act; the first is the originator. None when they depend on the message. */
  readonly subjects: readonly SubjectId[];
  /** Then these say it; undefined when {@link subjects} does. */
  readonly subjectTemplates: readonly Template[] | undefined;
  readonly enforcement: Enforcement | undefined;
  /** Undefined: correlation id and trace context of the transport are taken over. */
  readonly headerMapping: HeaderMapping | undefined;
  /** At least one: each maps every message. */
  readonly payloadMapping: readonly PayloadMapping[];
  readonly acknowledgementRequests: AcknowledgementRequests | undefined;
  /** Labels with which its messages may acknowledge; each begins with the connection's id. */
  readonly declaredAcks: readonly AckLabel[];
  /** Undefined: nothing is answered. */
  readonly replyTarget: ReplyTarget | undefined;
  /** Undefined: what can never be applied is recorded, and lost. */
  readonly deadLetterTarget?: DeadLetterTarget | undefined;
}

/** What is asked of every signal that could be acknowledged, besides what it asks for itself. */
export interface AcknowledgementRequests {
  readonly includes: readonly AckLabel[];
  /** When it does not hold, nothing is asked for at all. */
  readonly filter: Template | undefined;
}

/** response: of success, acknowledgements too; error: a refusal; nack: acknowledgements of which some failed. */
export type ResponseType = 'response' | 'error' | 'nack';

/** Where answers to commands of a source go; they are mapped as the source's messages are. */
export interface ReplyTarget {
  readonly address: Template;
  readonly headerMapping: HeaderMapping | undefined;
  readonly expectedResponseTypes: ReadonlySet<ResponseType>;
}

/** Which things the messages may be about: the input must be one of the filters' texts. */
export interface Enforcement {
  readonly input: Template;
  readonly filters: readonly Template[];
}

export interface Target {
  readonly address: Template;
  /** What is published: once, as the first topic that it matches says. */
  readonly topics: readonly SignalTopic[];
  readonly qos: Qos;
  /** Events, and what of them, these may READ are published. */
  readonly subjects: readonly SubjectId[];
  /** Undefined: content type, correlation id and trace context go along where the transport has room for them. */
  readonly headerMapping: HeaderMapping | undefined;
  /** At least one: each maps every signal. */
  readonly payloadMapping: readonly PayloadMapping[];
  /** Acknowledges when the transport has taken a message over. */
  readonly issuedAck: AckLabel | undefined;
}

/** What a target publishes. */
export type TargetSignals =
  | 'twin-events'
  | 'live-messages'
  | 'live-commands'
  | 'live-events'
  | 'policy-announcements'
  | 'connection-announcements';

/** Signals of a target. */
export interface SignalTopic {
  readonly signals: TargetSignals;
  /** Exact; undefined means all. */
  readonly namespaces: readonly string[] | undefined;
  /** RQL. */
  readonly filter: string | undefined;
  readonly extraFields: FieldSelector | undefined;
}

/** Narrows a connection to some types. */
export function isOfType<Type extends ConnectionType>(
  connection: Connection,
  ...types: readonly Type[]
): connection is ConnectionOf<Type> {
  const own: readonly string[] = types;
  return own.includes(connection.type);
}
