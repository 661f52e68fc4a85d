import type { Qos } from '@gemel/model/connections';

/** Properties of MQTT 5 that a message may have; all of them text. */
export interface PublishProperties {
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: string | undefined;
  /** In seconds. */
  readonly messageExpiryInterval?: number | undefined;
  readonly userProperties: readonly (readonly [name: string, value: string])[];
}

export interface PublishPacket {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: Exclude<Qos, 2>;
  readonly retain: boolean;
  /** Means nothing at QoS 0. */
  readonly messageId: number;
  /** Undefined before MQTT 5. */
  readonly properties: PublishProperties | undefined;
}

/** Of a text in a packet, in bytes [MQTT-1.5.4]. */
const LONGEST_TEXT = 65_535;
const EXPIRY = 0x02;
const CONTENT_TYPE = 0x03;
const RESPONSE_TOPIC = 0x08;
const CORRELATION_DATA = 0x09;
const USER_PROPERTY = 0x26;

/** A text of the packet is longer than MQTT has room for. */
export class TextTooLong extends Error {}

/** The bytes of a PUBLISH packet, in one piece: a client that writes it field by field takes several times as long. @throws TextTooLong */
export function encodePublish(packet: PublishPacket): Buffer {
  const { topic, payload, qos, retain, messageId, properties } = packet;
  const propertiesLength = properties === undefined ? 0 : lengthOf(properties);
  const payloadLength = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const header = 2 + textLength(topic) + (qos === 0 ? 0 : 2);
  const length =
    header + (properties === undefined ? 0 : numberLength(propertiesLength) + propertiesLength) + payloadLength;
  const bytes = Buffer.allocUnsafe(1 + numberLength(length) + length);
  bytes[0] = 0x30 | (qos << 1) | (retain ? 1 : 0);
  let at = writeNumber(bytes, 1, length);
  at = writeText(bytes, at, topic);
  if (qos > 0) at = bytes.writeUInt16BE(messageId, at);
  if (properties !== undefined) at = writeProperties(bytes, writeNumber(bytes, at, propertiesLength), properties);
  if (typeof payload === 'string') bytes.write(payload, at);
  else bytes.set(payload, at);
  return bytes;
}

function lengthOf({ messageExpiryInterval, userProperties, ...texts }: PublishProperties): number {
  let length = messageExpiryInterval === undefined ? 0 : 5;
  for (const text of [texts.contentType, texts.responseTopic, texts.correlationData]) {
    if (text !== undefined) length += 3 + textLength(text);
  }
  for (const [name, value] of userProperties) length += 5 + textLength(name) + textLength(value);
  return length;
}

function writeProperties(bytes: Buffer, begin: number, properties: PublishProperties): number {
  const { messageExpiryInterval, contentType, responseTopic, correlationData, userProperties } = properties;
  let at = begin;
  if (messageExpiryInterval !== undefined)
    at = bytes.writeUInt32BE(messageExpiryInterval, bytes.writeUInt8(EXPIRY, at));
  at = writeTagged(bytes, at, CONTENT_TYPE, contentType);
  at = writeTagged(bytes, at, RESPONSE_TOPIC, responseTopic);
  at = writeTagged(bytes, at, CORRELATION_DATA, correlationData);
  for (const [name, value] of userProperties) {
    at = writeText(bytes, writeTagged(bytes, at, USER_PROPERTY, name), value);
  }
  return at;
}

function writeTagged(bytes: Buffer, at: number, tag: number, text: string | undefined): number {
  return text === undefined ? at : writeText(bytes, bytes.writeUInt8(tag, at), text);
}

/** Behind its length. */
function writeText(bytes: Buffer, at: number, text: string): number {
  const length = bytes.write(text, at + 2);
  bytes.writeUInt16BE(length, at);
  return at + 2 + length;
}

/** Seven bits a byte, the lowest first [MQTT-1.5.5]. */
function writeNumber(bytes: Buffer, begin: number, number: number): number {
  let [at, left] = [begin, number];
  for (; left > 0x7f; left >>>= 7) at = bytes.writeUInt8((left & 0x7f) | 0x80, at);
  return bytes.writeUInt8(left, at);
}

function numberLength(number: number): number {
  return number < 0x80 ? 1 : number < 0x4000 ? 2 : number < 0x200000 ? 3 : 4;
}

function textLength(text: string): number {
  const length = Buffer.byteLength(text);
  if (length > LONGEST_TEXT) throw new TextTooLong(`'${text.slice(0, 40)}…' has ${length} bytes, MQTT takes 65,535.`);
  return length;
}
