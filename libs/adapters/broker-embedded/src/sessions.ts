import { Readable } from 'node:stream';

import type { AedesPublishPacket, Subscription } from 'aedes';

import { FilterTree } from './filter-tree.js';
import type { Change, Journal, KeptMessage, KeptWill } from './journal.js';
import { keptMessage } from './kept-packets.js';
import type { Outgoing } from './outgoing.js';
import { RetainedMessages } from './retained-messages.js';
import type { RetainedLimits } from './retained-messages.js';
import { Session } from './session.js';
import type { QueueLimits, QueueTotal } from './session.js';

export interface SessionLimits extends QueueLimits, RetainedLimits {
  /** Sessions kept, connected ones included; beyond it the oldest whose client is away is forgotten. */
  readonly sessions: number;
}

export interface ClientRef {
  readonly id: string;
  /** Whether its session ends with the connection. */
  readonly clean?: boolean;
}

interface QueueTarget {
  readonly clientId: string;
}

/** A promise-like that calls back at once: see {@link Sessions.subscriptionsByTopic}. */
interface Settled<Value> {
  then(then: (value: Value) => void): void;
}

/** Who is connected. */
export interface Connected {
  /** Of the client, else of who is connected under its id. */
  identityOf(client: ClientRef): Pick<KeptWill, 'username' | 'subjects'> | undefined;
  isConnected(clientId: string): boolean;
  mayPublish(client: ClientRef, topic: string): boolean;
}

/**
 * What the broker remembers of its clients: subscriptions and unconfirmed messages of those that asked for a session,
 * QoS 2 ids, retained messages, wills. In memory, bounded, and in the journal, from which it begins.
 * It is aedes' `persistence`; the method names are aedes'.
 */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #clients: Connected;
  readonly #journal: Journal;
  readonly #sessions = new Map<string, Session>();
  readonly #filters = new FilterTree<string>();
  /** Client ids whose sessions hold subscriptions. */
  readonly #subscribed = new Set<string>();
  readonly #retained: RetainedMessages;
  readonly #wills = new Map<string, AedesPublishPacket>();
  readonly #total: QueueTotal = { messages: 0, bytes: 0 };
  #number = 0;
  #dropped = 0;
  #brokerId = '';

  constructor(limits: SessionLimits, clients: Connected, journal: Journal) {
    this.#limits = limits;
    this.#clients = clients;
    this.#journal = journal;
    this.#retained = new RetainedMessages(limits, journal);
  }

  /** Messages that did not fit into a session's queue or the retained ones. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Now. */
  get counts(): { readonly sessions: number; readonly queued: number; readonly retained: number } {
    return { sessions: this.#sessions.size, queued: this.#total.messages, retained: this.#retained.size };
  }

  /** Sessions whose clients are away, and what those subscribe to. */
  get away(): { readonly clients: number; readonly subscriptions: number } {
    const away = [...this.#sessions.values()].filter(({ clientId }) => !this.#clients.isConnected(clientId));
    return { clients: away.length, subscriptions: away.reduce((sum, each) => sum + each.subscriptions.size, 0) };
  }

  /** Whether any kept session, its client connected or not, subscribes to anything. */
  get hasSubscriptions(): boolean {
    return this.#subscribed.size > 0;
  }

  /** Whether a message would be kept: for the topic, or for a session. */
  isKept({ topic, qos, retain }: Pick<AedesPublishPacket, 'topic' | 'qos' | 'retain'>): boolean {
    return retain || (qos > 0 && this.#subscribed.size > 0 && this.#filters.match(topic).length > 0);
  }

  /** Whether nothing can be kept: {@link written} tries again. */
  get isFailing(): boolean {
    return this.#journal.isFailing;
  }

  /** Resolves when all that was kept before is on disk. @throws StorageFault */
  written(): Promise<void> {
    return this.#journal.written();
  }

  /** Takes up what the last process left. The wills among it are still to be said: nobody of its clients is there any more. */
  restore(): readonly KeptWill[] {
    const kept = this.#journal.load();
    for (const { clientId, owner } of kept.sessions) this.#sessions.set(clientId, this.#newSession(clientId, owner));
    for (const { clientId, filter, qos } of kept.subscriptions) {
      this.#sessions.get(clientId)?.subscriptions.set(filter, { topic: filter, qos });
      if (qos > 0) this.#filters.add(filter, clientId);
      this.#subscribed.add(clientId);
    }
    for (const [index, delivery] of kept.deliveries.entries()) {
      this.#sessions.get(delivery.clientId)?.restore(delivery, index - kept.deliveries.length);
      this.#number = delivery.number;
    }
    for (const { clientId, messageId } of kept.incoming) this.#sessions.get(clientId)?.incoming.add(messageId);
    this.#retained.restore(kept.retained);
    return kept.wills;
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

  /** Ends the sessions of a user. */
  forgetUser(username: string): void {
    for (const { clientId, owner } of [...this.#sessions.values()]) if (owner === username) this.#forget(clientId);
  }

  storeRetained(packet: AedesPublishPacket): Promise<void> {
    if (!this.#retained.store(packet)) this.#dropped++;
    return Promise.resolve();
  }

  /** What the broker says of itself: it is known to later subscribers as long as the process lives. */
  storeOwn(message: KeptMessage): void {
    this.#retained.storeOwn(message);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    return Readable.from(this.#retained.matching(filters));
  }

  addSubscriptions(client: ClientRef, subscriptions: readonly Subscription[]): Promise<void> {
    const session = this.#session(client);
    for (const subscription of subscriptions) {
      const { topic: filter, qos } = subscription;
      session.subscriptions.set(filter, { ...subscription });
      if (qos > 0) this.#filters.add(filter, client.id);
      else this.#filters.remove(filter, client.id);
      this.#journal.note({ kind: 'subscribed', clientId: client.id, filter, qos });
    }
    this.#subscribed.add(client.id);
    return this.#journal.written();
  }

  removeSubscriptions(client: ClientRef, filters: readonly string[]): Promise<void> {
    const session = this.#sessions.get(client.id);
    for (const filter of filters) {
      this.#filters.remove(filter, client.id);
      if (session?.subscriptions.delete(filter) === true) {
        this.#journal.note({ kind: 'unsubscribed', clientId: client.id, filter });
      }
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

  outgoingUpdate(client: ClientRef, packet: Outgoing): Promise<void> {
    if (this.#sessions.get(client.id)?.sent(packet) !== true)
      return Promise.reject(new Error('the message was not queued'));
    // The steps of QoS 2 must not be forgotten once they are taken.
    return packet.qos === 1 ? Promise.resolve() : this.#journal.written();
  }

  outgoingClearMessageId(client: ClientRef, packet: Outgoing): Promise<Outgoing | undefined> {
    return Promise.resolve(this.#sessions.get(client.id)?.delivered(packet.messageId));
  }

  outgoingStream(client: ClientRef): Readable {
    return Readable.from(this.#sessions.get(client.id)?.outgoing ?? []);
  }

  /** A message that is sent again under the id before its release is a repetition [MQTT-4.3.3-2]. */
  incomingStorePacket(client: ClientRef, { messageId }: Pick<Outgoing, 'messageId'>): Promise<void> {
    if (messageId === undefined) return Promise.resolve();
    this.#session(client).incoming.add(messageId);
    return client.clean === false ? this.#now({ kind: 'incoming', clientId: client.id, messageId }) : Promise.resolve();
  }

  incomingGetPacket(client: ClientRef, packet: Outgoing): Promise<Outgoing> {
    return this.hasIncoming(client.id, packet.messageId)
      ? Promise.resolve(packet)
      : Promise.reject(new Error('no such message'));
  }

  incomingDelPacket(client: ClientRef, { messageId }: Outgoing): Promise<void> {
    const isThere = messageId !== undefined && this.#sessions.get(client.id)?.incoming.delete(messageId) === true;
    return isThere && client.clean === false
      ? this.#now({ kind: 'incoming-ended', clientId: client.id, messageId })
      : Promise.resolve();
  }

  cleanIncoming(client: ClientRef): Promise<void> {
    const session = this.#sessions.get(client.id);
    session?.incoming.clear();
    if (session?.subscriptions.size === 0) this.#forget(client.id);
    return Promise.resolve();
  }

  putWill(client: ClientRef, will: AedesPublishPacket): Promise<void> {
    this.#wills.set(client.id, Object.assign(will, { brokerId: this.#brokerId, clientId: client.id }));
    const identity = this.#clients.identityOf(client);
    if (identity === undefined || !this.#clients.mayPublish(client, will.topic)) return Promise.resolve();
    const { username, subjects } = identity;
    this.#journal.note({ kind: 'will', clientId: client.id, username, subjects, message: keptMessage(will) });
    return this.#journal.written();
  }

  /** aedes asks for it when a will was said, too: then another client may have come under the id, whose will stays. */
  delWill(client: ClientRef): Promise<AedesPublishPacket | undefined> {
    const will = this.#wills.get(client.id);
    if (client.clean === undefined && this.#clients.isConnected(client.id)) return Promise.resolve(will);
    if (this.#wills.delete(client.id)) this.#journal.note({ kind: 'will-ended', clientId: client.id });
    return Promise.resolve(will);
  }

  /** The will that the last process left was said. */
  willSaid(clientId: string): void {
    if (!this.#wills.has(clientId)) this.#journal.note({ kind: 'will-ended', clientId });
  }

  /** Wills that a dead broker of a cluster left: there is none. */
  streamWill(): Readable {
    return Readable.from([]);
  }

  #session(client: ClientRef): Session {
    const { id: clientId, clean } = client;
    const existing = this.#sessions.get(clientId);
    if (existing !== undefined) return existing;
    if (this.#sessions.size >= this.#limits.sessions) this.#forgetOldest();
    const owner = this.#clients.identityOf(client)?.username;
    const session = this.#newSession(clientId, owner);
    this.#sessions.set(clientId, session);
    if (clean === false && owner !== undefined) this.#journal.note({ kind: 'session', clientId, owner });
    return session;
  }

  #now(change: Change): Promise<void> {
    this.#journal.note(change);
    return this.#journal.written();
  }

  #newSession(clientId: string, owner: string | undefined): Session {
    return new Session(clientId, owner, this.#journal, this.#total);
  }

  #forgetOldest(): void {
    for (const clientId of this.#sessions.keys()) {
      if (this.#clients.isConnected(clientId)) continue;
      this.#forget(clientId);
      return;
    }
  }

  #forget(clientId: string): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    this.#subscribed.delete(clientId);
    for (const filter of session.subscriptions.keys()) this.#filters.remove(filter, clientId);
    session.end();
    this.#sessions.delete(clientId);
    this.#journal.note({ kind: 'session-ended', clientId });
  }

  #enqueue(clientId: string, packet: AedesPublishPacket): void {
    const session = this.#sessions.get(clientId);
    if (session === undefined) return;
    if (session.enqueue(packet, this.#number + 1, this.#limits)) this.#number++;
    else this.#dropped++;
  }
}

function settled<Value>(value: Value): Settled<Value> {
  return {
    then(then) {
      then(value);
    },
  };
}
