import fc from 'fast-check';
import type { JsonObject } from '../json/index.js';
import { clientFor, clientPart, consumersAt } from './client-part.js';
import { parseConnection } from './parse-connection.js';

const connection = (change: JsonObject) =>
  parseConnection({
    id: 'cars',
    clientCount: 3,
    sources: [
      { addresses: ['a/#', '$share/g/b/#'], qos: 1, authorizationContext: ['nginx:ditto'] },
      { addresses: ['c'], qos: 1, authorizationContext: ['nginx:ditto'] },
    ],
    ...change,
  });
const addressesOf = (change: JsonObject, index: number) =>
  clientPart(connection(change), index).sources.map(({ addresses }) => addresses);

const mqttConnection = { connectionType: 'mqtt-5', uri: 'tcp://broker', specificConfig: {} };

describe('the part of a client', () => {
  const mqtt = { connectionType: 'mqtt-5', uri: 'tcp://broker', specificConfig: { lastWillTopic: 'gone' } };

  it('is everything for the first one', () => {
    const whole = connection(mqtt);
    expect(clientPart(whole, 0)).toBe(whole);
  });

  it('is what MQTT clients share, under a name of their own', () => {
    expect(addressesOf(mqtt, 2)).toEqual([['$share/g/b/#'], []]);
    expect(clientPart(connection(mqtt), 2)).toMatchObject({
      specificConfig: { clientId: 'gemel-cars-2', publisherId: 'gemel-carsp-2', lastWill: undefined },
    });
  });

  it.each([
    [{ connectionType: 'kafka', uri: 'tcp://broker', specificConfig: { bootstrapServers: 'broker:9092' } }, ['x', 'y']],
    [{ connectionType: 'amqp-091', uri: 'amqp://broker' }, ['x', 'y']],
    [{ connectionType: 'amqp-10', uri: 'amqp://broker' }, ['x', 'topic://y', 'queue://z']],
  ])('is all that clients of %j compete for', (change, addresses) => {
    const sources = [{ addresses, authorizationContext: ['nginx:ditto'] }];
    expect(addressesOf({ ...change, sources }, 1)).toEqual([addresses.filter((each) => !each.startsWith('topic://'))]);
  });
});

describe('the consumers of a client', () => {
  it.each([
    [{ connectionType: 'kafka', uri: 'tcp://broker', specificConfig: { bootstrapServers: 'broker:9092' } }, [4]],
    [{ connectionType: 'amqp-091', uri: 'amqp://broker' }, [4]],
    [{ connectionType: 'amqp-10', uri: 'amqp://broker' }, [4, 1, 4]],
    [mqttConnection, [1, 1]],
  ])('of %j are as many as compete', (change, counts) => {
    const addresses = ['x', 'topic://y', 'queue://z'].slice(0, counts.length);
    const qos = 'specificConfig' in change ? { qos: 1 } : {};
    const sources = [{ ...qos, addresses, consumerCount: 4, authorizationContext: ['nginx:ditto'] }];
    const { type, sources: parsed } = connection({ ...change, sources });
    expect(parsed.flatMap((source) => addresses.map((address) => consumersAt(type, source, address)))).toEqual(counts);
  });
});

describe('the client for a thing', () => {
  it('is one of them, always the same, and the only one there is', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000 }), (id, count) => {
        const client = clientFor(id, count);
        return client >= 0 && client < count && client === clientFor(id, count) && clientFor(id, 1) === 0;
      }),
    );
  });

  it('differs from thing to thing', () => {
    const clients = Array.from({ length: 1_000 }, (_, n) => clientFor(`example:thing-${n}`, 4));
    for (const client of [0, 1, 2, 3]) expect(clients.filter((each) => each === client).length).toBeGreaterThan(150);
  });
});
