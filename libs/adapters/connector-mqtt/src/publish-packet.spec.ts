import fc from 'fast-check';
import { parser } from 'mqtt-packet';
import type { IPublishPacket, Packet } from 'mqtt-packet';

import { TextTooLong, encodePublish } from './publish-packet.js';
import type { PublishPacket } from './publish-packet.js';

/** Lone surrogates have no bytes of their own in UTF-8. */
const text = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength });
const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((each) => !/[+#\0]/.test(each));
const header = { topic, qos: fc.constantFrom(0 as const, 1 as const), retain: fc.boolean() };
const body = {
  payload: fc.oneof(text(200), fc.uint8Array({ maxLength: 200 })),
  messageId: fc.integer({ min: 1, max: 65_535 }),
};
const properties = fc.record({
  contentType: fc.option(text(50), { nil: undefined }),
  responseTopic: fc.option(topic, { nil: undefined }),
  correlationData: fc.option(text(50), { nil: undefined }),
  messageExpiryInterval: fc.option(fc.integer({ min: 0, max: 999_999_999 }), { nil: undefined }),
  userProperties: fc.uniqueArray(fc.tuple(text(20), text(150)), { maxLength: 4, selector: ([name]) => name }),
});

function decoded(bytes: Uint8Array, protocolVersion: 4 | 5): IPublishPacket {
  const packets: Packet[] = [];
  const reading = parser({ protocolVersion });
  reading.on('packet', (packet) => packets.push(packet));
  reading.on('error', (error) => {
    throw error;
  });
  expect(reading.parse(Buffer.from(bytes))).toBe(0);
  const [packet] = packets;
  if (packet?.cmd !== 'publish' || packets.length > 1) throw new Error('not one PUBLISH packet');
  return packet;
}

function expectHeader(packet: IPublishPacket, { topic, payload, qos, retain, messageId }: PublishPacket): void {
  expect(packet).toMatchObject({ topic, qos, retain, dup: false });
  expect(packet.messageId).toBe(qos === 0 ? undefined : messageId);
  expect(Buffer.compare(Buffer.from(packet.payload), Buffer.from(payload))).toBe(0);
}

describe('a PUBLISH packet', () => {
  it('is read as what it was made of, in MQTT 3.1.1', () => {
    fc.assert(
      fc.property(fc.record({ ...header, ...body, properties: fc.constant(undefined) }), (packet) => {
        expectHeader(decoded(encodePublish(packet), 4), packet);
      }),
    );
  });

  it('is read as what it was made of, in MQTT 5 with its properties', () => {
    fc.assert(
      fc.property(fc.record({ ...header, ...body, properties }), (packet) => {
        const found = decoded(encodePublish(packet), 5);
        expectHeader(found, packet);
        const { correlationData, userProperties = {}, ...others } = found.properties ?? {};
        const given = packet.properties;
        expect(correlationData?.toString()).toBe(given.correlationData);
        expect(Object.entries(userProperties).toSorted()).toEqual(given.userProperties.toSorted());
        expect({ ...NOTHING, ...others }).toEqual({
          contentType: given.contentType,
          responseTopic: given.responseTopic,
          messageExpiryInterval: given.messageExpiryInterval,
        });
      }),
    );
  });

  it.each([0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('tells the length of %d bytes of payload', (length) => {
    const packet = { topic: 'a', payload: 'x'.repeat(length), qos: 1, retain: false, messageId: 1 } as const;
    expectHeader(decoded(encodePublish({ ...packet, properties: undefined }), 4), { ...packet, properties: undefined });
  });

  it.each(['topic', 'name', 'value'])('is not made with a %s that is too long for it', (where) => {
    const long = 'ü'.repeat(32_768);
    const of = (name: string): string => (name === where ? long : 'short');
    const packet = { topic: of('topic'), payload: '', qos: 0, retain: false, messageId: 0 } as const;
    const make = () => encodePublish({ ...packet, properties: { userProperties: [[of('name'), of('value')]] } });
    expect(make).toThrow(TextTooLong);
  });
});

const NOTHING = { contentType: undefined, responseTopic: undefined, messageExpiryInterval: undefined };
