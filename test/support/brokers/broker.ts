import type { JsonObject } from '@gemel/model/json';

/** A message as a consumer on the other side of a connection has it. */
export interface Received {
  /** Topic, `topic/key`, `exchange/routingKey`, queue or path. */
  readonly address: string;
  readonly payload: Buffer;
  /** Empty where the transport carries none; keys in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Outbox {
  /** Of a target, or of an answer. @param tail what differs between things: a name or a placeholder */
  address(tail: string): string;
  /** In the order of arrival; grows. */
  readonly received: Received[];
}

export interface Inbox {
  /** Of a source. */
  readonly address: string;
  /**
   * As a device; resolves when the broker has taken it for good. Messages under one key keep their order when each is sent
   * after the one before has resolved.
   */
  send(key: string, payload: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<void>;
}

/** What a connection says of where its broker is. */
export interface BrokerPlace {
  readonly connectionType: string;
  readonly uri: string;
  readonly specificConfig?: Readonly<Record<string, string>>;
  /** PEM of what the broker's certificate is checked against; what the system trusts when absent. */
  readonly ca?: string;
  /** Of the connection; one by default. */
  readonly clientCount?: number;
}

/** A broker, or a server, as the devices and the back ends that use it see it. */
export interface Broker {
  /** `connectionType`, `uri` and what else says how to connect. */
  readonly connection: BrokerPlace;
  /** What makes the password wrong; undefined where everybody is let in. */
  readonly refused?: JsonObject;
  /** A source that the broker has not, and does not make; undefined where it makes what it is asked for. */
  readonly absent?: JsonObject;
  /** Whether its clients here come back by themselves when the broker does, and send on; false by default. */
  readonly comesBack?: boolean;
  /** Of what the target's transport has taken. */
  readonly takenStatus: number;
  /** How a source knows who has sent a message under a key. */
  readonly enforcement: (inbox: string) => JsonObject;
  /** Undefined when nothing comes in over the transport. */
  readonly inbox?: (name: string) => Promise<Inbox>;
  /** @param pauseMs how long it takes for one message; it takes one after the other. At once by default */
  outbox(name: string, pauseMs?: number): Promise<Outbox>;
  /** How many of an address of a source there are now; undefined where it cannot be asked. */
  readonly consumers?: (address: string) => Promise<number>;
  /** @param forgets whether what it has made on the broker goes, too; true by default */
  close(forgets?: boolean): Promise<void>;
}

/** Variables that say where the services are: those of the environment, or of services that one test has for itself. */
export type Addresses = Readonly<Record<string, string | undefined>>;

/** What differs between transports without being better or worse. */
export interface BrokerTraits {
  readonly open: OpenBroker;
  /** Whether anything comes in; true by default. */
  readonly hasSources?: boolean;
  /** Whether messages have headers; true by default. */
  readonly hasHeaders?: boolean;
  /** Whether an address may hold `+` and `#`, as names of things may; true by default. */
  readonly takesAnyName?: boolean;
  /** Whether a broker of the tests asks for a password; false by default. */
  readonly checksPasswords?: boolean;
  /** Whether it knows what a source names only when somebody has made it; false by default. */
  readonly knowsItsSources?: boolean;
}

/** @param namespace of the things of one test, which names what it makes on the broker, too */
export type OpenBroker = (namespace: string, addresses?: Addresses) => Promise<Broker>;

export function textOf({ payload }: Received): string {
  return payload.toString();
}

/** A Ditto Protocol message, as far as tests look at it. */
export interface ProtocolMessage {
  readonly topic: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly value: unknown;
  readonly status: number;
  readonly revision: number;
  readonly extra: unknown;
}

/** What has come is looked at again and again while more is waited for. */
const parsed = new WeakMap<Received, ProtocolMessage | undefined>();

/** Those that are JSON. */
export function protocolMessages(received: readonly Received[]): readonly ProtocolMessage[] {
  return received.flatMap((each) => {
    if (!parsed.has(each)) parsed.set(each, parseProtocolMessage(textOf(each)));
    return parsed.get(each) ?? [];
  });
}

function parseProtocolMessage(text: string): ProtocolMessage | undefined {
  try {
    return JSON.parse(text) as ProtocolMessage;
  } catch {
    return undefined;
  }
}
