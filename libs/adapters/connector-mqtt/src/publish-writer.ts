import type { OutboundMessage } from '@gemel/application/ports';
import { PassingMap } from '@gemel/model/collections';
import { ReasonCodes } from 'mqtt';
import type { MqttClient } from 'mqtt';
import type { IPubackPacket, Packet } from 'mqtt-packet';

import { clientProperties, publishProperties, qosOf } from './packet-headers.js';
import { encodePublish } from './publish-packet.js';

/** Called once: with what the broker has against it, or nothing. */
export type Settle = (error?: Error) => void;

const NO_MATCHING_SUBSCRIBERS = 16;
const REASONS: Readonly<Record<number, string>> = ReasonCodes;

/** A PUBACK that says no; the client of the library has errors of this form, too. */
export class PublishError extends Error {
  constructor(readonly code: number) {
    super(`Publish error: ${REASONS[code] ?? code}`);
  }
}

/**
 * Publishes on one network connection. The client would write each field of a packet by itself and keep the packet to send it
 * again: at QoS 0 and 1 packets are written whole here, all of a turn of the event loop together, and kept by nobody.
 */
export class PublishWriter {
  readonly #unconfirmed = new PassingMap<number, Settle>();
  readonly #isVersion5: boolean;
  #chunks: Buffer[] = [];
  #written: Settle[] = [];

  constructor(private readonly client: MqttClient) {
    this.#isVersion5 = client.options.protocolVersion === 5;
    client.on('packetreceive', (packet: Packet) => {
      if (packet.cmd === 'puback') this.#confirmed(packet);
    });
  }

  /** @throws TextTooLong */
  publish(topic: string, message: OutboundMessage, settle: Settle): void {
    const qos = qosOf(message);
    const retain = message.headers['mqtt.retain'] === 'true';
    const properties = this.#isVersion5 ? publishProperties(message.headers) : undefined;
    if (qos === 2) {
      const payload = bufferOf(message.payload);
      const own = properties === undefined ? {} : { properties: clientProperties(properties) };
      this.client.publish(topic, payload, { qos, retain, ...own }, (error) => settle(error ?? undefined));
      return;
    }
    const messageId = qos === 0 ? 0 : this.#newId();
    const bytes = encodePublish({ topic, payload: message.payload, qos, retain, messageId, properties });
    if (qos === 0) this.#written.push(settle);
    else this.#unconfirmed.set(messageId, settle);
    this.#write(bytes);
  }

  #newId(): number {
    for (;;) {
      const id = this.client.messageIdProvider.allocate() ?? 0;
      if (id > 0 && !this.#unconfirmed.has(id)) return id;
    }
  }

  #write(bytes: Buffer): void {
    this.#chunks.push(bytes);
    if (this.#chunks.length === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const { stream } = this.client;
    const [chunks, written] = [this.#chunks, this.#written];
    [this.#chunks, this.#written] = [[], []];
    // Otherwise the network connection has ended, which is told elsewhere.
    if (stream.destroyed || stream.writableEnded) return;
    const done = written.length === 0 ? undefined : () => written.forEach((settle) => settle());
    stream.write(Buffer.concat(chunks), done);
  }

  #confirmed({ messageId, reasonCode = 0 }: IPubackPacket): void {
    const settle = messageId === undefined ? undefined : this.#unconfirmed.get(messageId);
    if (messageId === undefined || settle === undefined) return;
    this.#unconfirmed.delete(messageId);
    this.client.messageIdProvider.deallocate(messageId);
    if (reasonCode === 0 || reasonCode === NO_MATCHING_SUBSCRIBERS) settle();
    else settle(new PublishError(reasonCode));
  }
}

function bufferOf(payload: string | Uint8Array): string | Buffer {
  return typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}
