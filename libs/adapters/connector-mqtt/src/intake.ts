import { Portion } from '@gemel/connector-parts';
import { PassingMap } from '@gemel/model/collections';
import type { Qos } from '@gemel/model/connections';
import type { IPublishPacket } from 'mqtt-packet';

import { Confirmations } from './confirmations.js';
import type { Unconfirmed } from './confirmations.js';
import type { MqttConnectorOptions } from './connector-options.js';

/** What confirms a message to the broker: PUBACK for QoS 1, PUBREC for QoS 2. */
export interface Confirmation {
  readonly cmd: 'puback' | 'pubrec';
  readonly messageId: number;
}

export interface IntakeParts {
  /** Must not throw; rejects when the message must come again. */
  readonly handle: (packet: IPublishPacket, qos: Qos) => Promise<void>;
  /** Something was rejected and everything under way is settled: the broker must be made to send again. */
  readonly onRejected: () => void;
  readonly limits: Pick<MqttConnectorOptions, 'messagesInFlight' | 'bytesInFlight'>;
}

/**
 * What a subscriber has received and not confirmed, over all its network connections. What the broker sends again while
 * the first try is under way, or before its confirmation could be sent, is not handled again.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #unconfirmed = new PassingMap<number, Unconfirmed>();
  /** [MQTT-4.3.3] Ids of QoS 2 whose PUBREC was sent and whose PUBREL has not come. */
  readonly #unreleased = new Set<number>();
  #confirmations = new Confirmations(() => undefined);
  /** Something was, on this network connection, and others are still under way. */
  #rejected = false;
  readonly #portion = new Portion();
  #messages = 0;
  #bytes = 0;
  #takes: 'all' | 'what is not confirmed' | 'nothing' = 'all';
  #goOn: (() => void) | undefined;
  readonly #idle: (() => void)[] = [];

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Whether reading waits for messages under way. */
  get isHeld(): boolean {
    return this.#goOn !== undefined;
  }

  get inFlight(): number {
    return this.#messages;
  }

  /** A new network connection stands; the broker sends again what it knows to be unconfirmed, under the same ids [MQTT-4.4.0-1]. */
  connected(sessionPresent: boolean, send: (confirmation: Confirmation) => void): void {
    if (!sessionPresent) {
      this.#unconfirmed.clear();
      this.#unreleased.clear();
    }
    this.#goOn = undefined;
    if (this.#takes === 'what is not confirmed') this.#takes = 'all';
    this.#confirmations = new Confirmations((message) => {
      this.#confirm(message, send);
    });
  }

  /** The network connection has ended: what is handled now is confirmed on the next one. */
  disconnected(): void {
    this.#confirmations = new Confirmations(() => undefined);
  }

  /** [MQTT-4.3.3-2] */
  released(messageId: number): void {
    this.#unreleased.delete(messageId);
  }

  /** `done` is called when more may be read. */
  take(packet: IPublishPacket, qos: Qos, done: () => void): void {
    if (qos === 0 || packet.messageId === undefined) {
      if (this.#takes !== 'nothing') void this.#handle(packet, 0, undefined);
    } else if (this.#takes === 'all') {
      this.#takeConfirmed(packet, qos, packet.messageId);
    }
    this.#portion.add();
    if (!this.#isFull && !this.#portion.isFull) {
      done();
      return;
    }
    this.#goOn = done;
    if (this.#portion.isFull) void this.#goOnNextTurn(done);
  }

  /** Takes nothing more; resolves when nothing is under way, and what could be confirmed is. */
  async drain(): Promise<void> {
    this.#takes = 'nothing';
    this.#release();
    if (this.#messages > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #takeConfirmed(packet: IPublishPacket, qos: Qos, messageId: number): void {
    const before = this.#unconfirmed.get(messageId);
    const isKnown = packet.dup && before !== undefined && isSame(before, packet);
    const wasConfirmed = qos === 2 && this.#unreleased.has(messageId);
    if (isKnown || wasConfirmed) {
      this.#confirmations.add(isKnown ? before : { ...unconfirmed(packet, qos, messageId), state: 'handled' });
      this.#confirmations.flush();
      return;
    }
    const message = unconfirmed(packet, qos, messageId);
    this.#unconfirmed.set(messageId, message);
    this.#confirmations.add(message);
    void this.#handle(packet, qos, message);
  }

  #handle(packet: IPublishPacket, qos: Qos, message: Unconfirmed | undefined): Promise<void> {
    const bytes = packet.payload.length;
    this.#messages++;
    this.#bytes += bytes;
    return this.#parts.handle(packet, qos).then(
      () => {
        if (message !== undefined) message.state = 'handled';
        this.#settled(bytes);
      },
      () => {
        if (message !== undefined) this.#reject(message);
        this.#settled(bytes);
      },
    );
  }

  #reject(message: Unconfirmed): void {
    message.state = 'rejected';
    this.#rejected = true;
    if (this.#takes === 'all') this.#takes = 'what is not confirmed';
  }

  #settled(bytes: number): void {
    this.#messages--;
    this.#bytes -= bytes;
    this.#confirmations.flush();
    if (!this.#isFull) this.#release();
    if (this.#messages > 0) return;
    if (this.#rejected) {
      // What was handled after a rejected message is handled again, so that the last word is the sender's last.
      this.#rejected = false;
      this.#unconfirmed.clear();
      this.disconnected();
      this.#parts.onRejected();
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  get #isFull(): boolean {
    const { messagesInFlight, bytesInFlight } = this.#parts.limits;
    return this.#messages >= messagesInFlight || this.#bytes >= bytesInFlight;
  }

  /** Unless another network connection goes on meanwhile, or there is no room. */
  async #goOnNextTurn(done: () => void): Promise<void> {
    await this.#portion.next();
    if (this.#goOn === done && !this.#isFull) this.#release();
  }

  #release(): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  #confirm(message: Unconfirmed, send: (confirmation: Confirmation) => void): void {
    const { messageId, qos } = message;
    if (this.#unconfirmed.get(messageId) === message) this.#unconfirmed.delete(messageId);
    if (qos === 2) this.#unreleased.add(messageId);
    send({ cmd: qos === 2 ? 'pubrec' : 'puback', messageId });
  }
}

function unconfirmed({ topic, payload }: IPublishPacket, qos: Qos, messageId: number): Unconfirmed {
  return { messageId, qos, topic, payload: bytesOf(payload), state: 'handling' };
}

function isSame(message: Unconfirmed, { topic, payload }: IPublishPacket): boolean {
  return message.topic === topic && Buffer.compare(message.payload, bytesOf(payload)) === 0;
}

export function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
