import { Readable } from 'node:stream';

import { matchesFilter } from '@gemel/model/connections';
import type { AedesPublishPacket, Subscription } from 'aedes';

import { FilterTree } from './filter-tree.js';

export interface SessionLimits {
  /** Sessions kept, connected ones included; beyond it the one that has been away longest is forgotten. */
  readonly sessions: number;
  /** Unconfirmed messages kept for one session. */
  readonly queuedMessages: number;
  /** Payload bytes of those. */
  readonly queuedBytes: number;
  readonly retainedMessages: number;
  /** Payload bytes of all retained messages. */
  readonly retainedBytes: number;
}

interface ClientRef {
  readonly id: string;
}

/** A message or its second QoS 2 half on its way to a client. */
interface Outgoing {
  readonly cmd: string;
  messageId?: number | undefined;
  readonly brokerCounter?: number;
  readonly payload?: string | Buffer;
}

interface Session {
  readonly owner: string | undefined;
  readonly subscriptions: Map<string, Subscription>;
  /** By the broker's message counter, oldest first. */
  readonly outgoing: Map<number, Outgoing>;
  readonly counters: Map<number, number>;
  readonly incoming: Set<number>;
  queuedBytes: number;
}

interface QueueTarget {
  readonly clientId: string;
}

/** A promise-like that calls back at once: see {@link Sessions.subscriptionsByTopic}. */
interface Settled<Value> {
  then(then: (value: Value) => void): void;
}

/**
 * What the broker remembers of its clients: subscriptions and unconfirmed messages of those that asked for a session,
 * QoS 2 ids, retained messages, wills. In memory, bounded; it does not outlive the process.
 * It is aedes' `persistence`; the method names are aedes'.
 */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #userOf: (clientId: string) => string | undefined;
  readonly #sessions = new Map<string, Session>();
  readonly #filters = new FilterTree<string>();
  /** Client ids whose sessions hold subscriptions. */
  readonly #subscribed = new Set<string>();
  readonly #retained = new Map<string, AedesPublishPacket>();
  readonly #wills = new Map<string, AedesPublishPacket>();
  #retainedBytes = 0;
  #dropped = 0;
  #brokerId = '';

  /** `userOf` tells who is connected under a client id now. */
  constructor(limits: SessionLimits, userOf: (clientId: string) => string | undefined) {
    this.#limits = limits;
    this.#userOf = userOf;
  }

  /** Messages that did not fit into a session's queue or the retained ones. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether any kept session, its client connected or not, subscribes to anything. */
  get hasSubscriptions(): boolean {
    return this.#subscribed.size > 0;
  }

  // aedes insists on an async function here.
  async setup(broker: ClientRef): Promise<void> {
    this.#brokerId = broker.id;
  }

  /** Whether a QoS 2 message with this id was taken and not yet released by its sender. */
  hasIncoming(clientId: string, messageId: number | undefined): boolean {
    return messageId !== undefined && (this.#sessions.get(clientId)?.incoming.has(messageId) ?? false);
  }

  /** Whose session is kept under the client id. */
  ownerOf(clientId: string): string | undefined {
    return this.#sessions.get(clientId)?.owner;
  }

  storeRetained(packet: AedesPublishPacket): Promise<void> {
    const before = this.#retained.get(packet.topic);
    const size = packet.payload.length;
    const bytes = this.#retainedBytes - (before?.payload.length ?? 0) + size;
    if (size === 0) {
      this.#retained.delete(packet.topic);
      this.#retainedBytes = bytes;
    } else if (
      (before === undefined && this.#retained.size >= this.#limits.retainedMessages) ||
      bytes > this.#limits.retainedBytes
    ) {
      this.#dropped++;
    } else {
      // A copy: the packet's payload is a slice of a whole network read.
      this.#retained.set(packet.topic, { ...packet, payload: Buffer.from(packet.payload) });
      this.#retainedBytes = bytes;
    }
    return Promise.resolve();
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const found = [...this.#retained.values()].filter(({ topic }) =>
      filters.some((filter) => matchesFilter(filter, topic)),
    );
    return Readable.from(found);
  }

  addSubscriptions(client: ClientRef, subscriptions: readonly Subscription[]): Promise<void> {
    const session = this.#session(client.id);
    for (const subscription of subscriptions) {
      session.subscriptions.set(subscription.topic, { ...subscription });
      if (subscription.qos > 0) this.#filters.add(subscription.topic, client.id);
      else this.#filters.remove(subscription.topic, client.id);
    }
    this.#subscribed.add(client.id);
    return Promise.resolve();
  }

  removeSubscriptions(client: ClientRef, filters: readonly string[]): Promise<void> {
    const session = this.#sessions.get(client.id);
    for (const filter of filters) {
      this.#filters.remove(filter, client.id);
      session?.subscriptions.delete(filter);
    }
    if (!session?.subscriptions.size) this.#subscribed.delete(client.id);
    return Promise.resolve();
  }

  subscriptionsByClient(client: ClientRef): Promise<readonly Subscription[]> {
    return Promise.resolve([...(this.#sessions.get(client.id)?.subscriptions.values() ?? [])]);
  }

  /**
   * Settles at once, and so does `outgoingEnqueueCombi`: aedes numbers a message before and delivers it after these two,
   * and takes a lower number than the last for a duplicate. With promises, a QoS 0 message between would cost a QoS 1 message.
   */
  subscriptionsByTopic(topic: string): Settled<readonly QueueTarget[]> {
    const clientIds = new Set(this.#filters.match(topic));
    return settled(Array.from(clientIds, (clientId) => ({ clientId })));
  }

  cleanSubscriptions(client: ClientRef): Promise<void> {
    this.#forget(client.id);
    return Promise.resolve();
  }

  outgoingEnqueueCombi(targets: readonly QueueTarget[], packet: AedesPublishPacket): Settled<void> {
    for (const target of targets) this.#enqueue(target.clientId, packet);
    return settled(undefined);
  }

  outgoingEnqueue(target: QueueTarget, packet: AedesPublishPacket): Promise<void> {
    this.#enqueue(target.clientId, packet);
    return Promise.resolve();
  }

  /** Notes the id under which a queued message was sent, or puts a QoS 2 release in its place. */
  outgoingUpdate(client: ClientRef, packet: Outgoing): Promise<void> {
    const session = this.#sessions.get(client.id);
    const { messageId } = packet;
    if (session === undefined || messageId === undefined)
      return Promise.reject(new Error('the message was not queued'));
    const queued = packet.brokerCounter === undefined ? undefined : session.outgoing.get(packet.brokerCounter);
    if (queued !== undefined && packet.brokerCounter !== undefined) {
      queued.messageId = messageId;
      session.counters.set(messageId, packet.brokerCounter);
      return Promise.resolve();
    }
    const counter = session.counters.get(messageId);
    if (counter === undefined) return Promise.reject(new Error('the message was not queued'));
    session.queuedBytes -= payloadBytes(session.outgoing.get(counter));
    session.outgoing.set(counter, packet);
    return Promise.resolve();
  }

  outgoingClearMessageId(client: ClientRef, packet: Outgoing): Promise<Outgoing | undefined> {
    const session = this.#sessions.get(client.id);
    const counter = packet.messageId === undefined ? undefined : session?.counters.get(packet.messageId);
    if (session === undefined || packet.messageId === undefined || counter === undefined)
      return Promise.resolve(undefined);
    const queued = session.outgoing.get(counter);
    session.outgoing.delete(counter);
    session.counters.delete(packet.messageId);
    session.queuedBytes -= payloadBytes(queued);
    return Promise.resolve(queued);
  }

  outgoingStream(client: ClientRef): Readable {
    return Readable.from([...(this.#sessions.get(client.id)?.outgoing.values() ?? [])]);
  }

  incomingStorePacket(client: ClientRef, packet: Outgoing): Promise<void> {
    if (packet.messageId !== undefined) this.#session(client.id).incoming.add(packet.messageId);
    return Promise.resolve();
  }

  incomingGetPacket(client: ClientRef, packet: Outgoing): Promise<Outgoing> {
    return this.hasIncoming(client.id, packet.messageId)
      ? Promise.resolve(packet)
      : Promise.reject(new Error('no such message'));
  }

  incomingDelPacket(client: ClientRef, packet: Outgoing): Promise<void> {
    if (packet.messageId !== undefined) this.#sessions.get(client.id)?.incoming.delete(packet.messageId);
    return Promise.resolve();
  }

  cleanIncoming(client: ClientRef): Promise<void> {
    const session = this.#sessions.get(client.id);
    session?.incoming.clear();
    if (session?.subscriptions.size === 0) this.#forget(client.id);
    return Promise.resolve();
  }

  putWill(client: ClientRef, will: AedesPublishPacket): Promise<void> {
    this.#wills.set(client.id, Object.assign(will, { brokerId: this.#brokerId, clientId: client.id }));
    return Promise.resolve();
  }

  delWill(client: ClientRef): Promise<AedesPublishPacket | undefined> {
    const will = this.#wills.get(client.id);
    this.#wills.delete(client.id);
    return Promise.resolve(will);
  }

  /** Wills that a dead broker of a cluster left: there is none. */
  streamWill(): Readable {
    return Readable.from([]);
  }

  #session(clientId: string): Session {
    const existing = this.#sessions.get(clientId);
    if (existing !== undefined) return existing;
    if (this.#sessions.size >= this.#limits.sessions) this.#forgetOldest();
    const session: Session = {
      owner: this.#userOf(clientId),
      subscriptions: new Map(),
      outgoing: new Map(),
      counters: new Map(),
      incoming: new Set(),
      queuedBytes: 0,
    };
    this.#sessions.set(clientId, session);
    return session;
  }

  #forgetOldest(): void {
    for (const clientId of this.#sessions.keys()) {
      if (this.#userOf(clientId) !== undefined) continue;
      this.#forget(clientId);
      return;
    }
  }

  #forget(clientId: string): void {
    this.#subscribed.delete(clientId);
    for (const filter of this.#sessions.get(clientId)?.subscriptions.keys() ?? [])
      this.#filters.remove(filter, clientId);
    this.#sessions.delete(clientId);
  }

  #enqueue(clientId: string, packet: AedesPublishPacket): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    const size = packet.payload.length;
    if (session.outgoing.size >= this.#limits.queuedMessages || session.queuedBytes + size > this.#limits.queuedBytes) {
      this.#dropped++;
      return;
    }
    // A copy: the payload is a slice of a whole network read, and the id differs between clients.
    session.outgoing.set(packet.brokerCounter, {
      ...packet,
      payload: Buffer.from(packet.payload),
      messageId: undefined,
    });
    session.queuedBytes += size;
  }
}

function payloadBytes(packet: Outgoing | undefined): number {
  return packet?.payload?.length ?? 0;
}

function settled<Value>(value: Value): Settled<Value> {
  return {
    then(then) {
      then(value);
    },
  };
}
