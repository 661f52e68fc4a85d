import fc from 'fast-check';

import { parseConnection } from '../connections/index.js';
import { formatHops, hopDelays, parseHops } from '../hops/index.js';
import { GemelError } from '../errors/index.js';
import type { JsonObject } from '../json/index.js';
import { formatTopic } from '../protocol/index.js';
import type { PayloadMapper } from './payload-mapper.js';

function connection(definition: JsonObject, source: JsonObject = {}) {
  return parseConnection({
    id: 'c',
    connectionType: 'mqtt',
    uri: 'tcp://x',
    mappingDefinitions: { mine: definition },
    sources: [{ addresses: ['x'], qos: 0, authorizationContext: ['nginx:me'], payloadMapping: ['mine'], ...source }],
  });
}

function read(mappingEngine: string, options: JsonObject): PayloadMapper {
  const configured = connection({ mappingEngine, options }).sources[0]?.payloadMapping[0]?.mapper;
  if (configured?.kind !== 'mapper') throw new Error('no mapper');
  return configured.mapper;
}

function map(mapper: PayloadMapper, topic: string, payload: string, headers: Record<string, string> = {}) {
  const message = { headers, payload: new TextEncoder().encode(payload) };
  const context = { headers, sourceAddress: topic, now: 1_000_100 };
  return (mapper.incoming?.(message, context) ?? []).map((envelope) => ({
    ...envelope,
    topic: formatTopic(envelope.topic),
  }));
}

function faultOf(definition: JsonObject, source: JsonObject = {}): string {
  try {
    connection(definition, source);
  } catch (error) {
    if (error instanceof GemelError) return JSON.stringify(error.toJson());
    throw error;
  }
  return 'none';
}

describe('TopicRules', () => {
  const mapper = read('TopicRules', {
    thingId: 'lab:{{ source:level-1 }}',
    rules: {
      'pi/temperature': 'temperature',
      'prusa/temperature/+': { feature: 'temperature-{{ source:level-3 }}', pointer: '/actual', type: 'number' },
      'prusa/z': false,
      'other/#': { thingId: 'lab:other', feature: 'f', property: '{{ source:level-2 }}' },
    },
  });

  it.each([
    ['pi/temperature', '21.5', 'lab/pi', ['features', 'temperature', 'properties', 'value'], 21.5],
    ['pi/temperature', 'warm', 'lab/pi', ['features', 'temperature', 'properties', 'value'], 'warm'],
    ['pi/temperature', '{"a":1}', 'lab/pi', ['features', 'temperature', 'properties', 'value'], { a: 1 }],
    [
      'prusa/temperature/bed',
      '{"actual":60,"target":61}',
      'lab/prusa',
      ['features', 'temperature-bed', 'properties', 'value'],
      60,
    ],
    ['other/x/y', 'true', 'lab/other', ['features', 'f', 'properties', 'x'], true],
  ])('maps %s with %s', (topic, payload, thing, path, value) => {
    expect(map(mapper, topic, payload)).toMatchObject([
      { topic: `${thing}/things/twin/commands/merge`, path, value, headers: { 'response-required': false } },
    ]);
  });

  it.each(['pi', 'pi/temperature/x', 'prusa/temperature', '', '__proto__'])('makes nothing of %j', (topic) => {
    expect(map(mapper, topic, '1')).toEqual([]);
    expect(mapper.knows?.({ sourceAddress: topic })).toBe(false);
  });

  it('makes nothing of what is left out on purpose, and knows it', () => {
    expect(map(mapper, 'prusa/z', '1')).toEqual([]);
    expect(mapper.knows?.({ sourceAddress: 'prusa/z' })).toBe(true);
  });

  it.each([
    ['prusa/temperature/bed', '{"target":1}'],
    ['prusa/temperature/bed', '{"actual":"hot"}'],
    ['prusa/temperature/bed', '5'],
    ['prusa/temperature/bed', '{"__proto__":{"actual":1}}'],
  ])('refuses %s with %s', (topic, payload) => {
    expect(() => map(mapper, topic, payload)).toThrow();
  });

  it.each<[JsonObject, string]>([
    [{ rules: { a: 'f' } }, '/thingId'],
    [{ thingId: 'no id', rules: { a: 'f' } }, '/thingId'],
    [{ thingId: 'a:b' }, '/rules'],
    [{ thingId: 'a:b', rules: {} }, '/rules'],
    [{ thingId: 'a:b', rules: { 'a/#/b': 'f' } }, '/rules/a~1#~1b'],
    [{ thingId: 'a:b', rules: { a: 1 } }, '/rules/a'],
    [{ thingId: 'a:b', rules: { a: {} } }, '/rules/a/feature'],
    [{ thingId: 'a:b', rules: { a: { feature: 'f', type: 'float' } } }, '/rules/a/type'],
    [{ thingId: 'a:b', rules: { a: { feature: '{{ who:knows }}' } } }, '/rules/a/feature'],
    [{ thingId: 'a:b', rules: { a: { feature: 'f', unit: 'C' } } }, '/rules/a/unit'],
  ])('is refused with the options %j', (options, place) => {
    expect(faultOf({ mappingEngine: 'TopicRules', options })).toContain(`/mappingDefinitions/mine/options${place}`);
  });
});

describe('HopLatency', () => {
  it('tells how long a message took from hop to hop', () => {
    const mapper = read('HopLatency', {
      thingId: 'lab:line',
      hop: 'here',
      timestamps: { device: '/t', gone: '/none' },
    });
    expect(map(mapper, 'x', '{"t":1000090}', { hops: 'a=1000000,b=1000080' })).toMatchObject([
      {
        path: ['features', 'HopLatency', 'properties'],
        value: { 'a-to-b': 80, 'b-to-device': 10, 'device-to-here': 10, total: 100 },
        headers: { hops: 'a=1000000,b=1000080,device=1000090,here=1000100' },
      },
    ]);
  });

  it('makes nothing of a message that has been nowhere else', () => {
    expect(map(read('HopLatency', { thingId: 'lab:line' }), 'x', 'no json')).toEqual([]);
  });

  it.each(['{"t":"now"}', '{"t":-1}', '{"t":1.5}', 'x'])('refuses the times in %s', (payload) => {
    const mapper = read('HopLatency', { thingId: 'lab:line', timestamps: { device: '/t' } });
    expect(() => map(mapper, 'x', payload)).toThrow();
  });

  it.each<[JsonObject, string]>([
    [{}, '/thingId'],
    [{ thingId: 'a:b', hop: 'a b' }, '/hop'],
    [{ thingId: 'a:b', timestamps: { x: 1 } }, '/timestamps/x'],
    [{ thingId: 'a:b', timestamps: { 'x=': '/t' } }, '/timestamps/x='],
  ])('is refused with the options %j', (options, place) => {
    expect(faultOf({ mappingEngine: 'HopLatency', options })).toContain(`/mappingDefinitions/mine/options${place}`);
  });
});

describe('hops', () => {
  const hop = fc.record({ name: fc.stringMatching(/^[\w.-]{1,40}$/), at: fc.nat(2 ** 31) });

  it('are read as they were written, the first 20', () => {
    fc.assert(
      fc.property(fc.array(hop, { maxLength: 30 }), (hops) => {
        expect(parseHops(formatHops(hops))).toEqual(hops.slice(0, 20));
      }),
    );
  });

  it('are left out where they make no sense, whatever the text', () => {
    expect(parseHops('a=1, ,b=,=2,c=x, d=4,__proto__=5')).toEqual([
      { name: 'a', at: 1 },
      { name: 'd', at: 4 },
      { name: '__proto__', at: 5 },
    ]);
    fc.assert(fc.property(fc.string(), (text) => hopDelays(parseHops(text)).every(({ ms }) => Number.isFinite(ms))));
  });
});

describe('incomingSchema and deadLetterTarget', () => {
  it.each<[JsonObject, JsonObject, string]>([
    [{ mappingEngine: 'Ditto', incomingSchema: 'x' }, {}, '/mappingDefinitions/mine/incomingSchema'],
    [{ mappingEngine: 'Ditto', incomingSchema: { $ref: 'http://x' } }, {}, '/mappingDefinitions/mine/incomingSchema'],
    [{ mappingEngine: 'Ditto' }, { deadLetterTarget: {} }, '/sources/0/deadLetterTarget/address'],
    [{ mappingEngine: 'Ditto' }, { deadLetterTarget: { address: 'a/#' } }, '/sources/0/deadLetterTarget/address'],
    [{ mappingEngine: 'Ditto' }, { deadLetterTarget: { address: '{{ x }}' } }, '/sources/0/deadLetterTarget/address'],
    [{ mappingEngine: 'Ditto' }, { deadLetterTarget: { address: 'a', connection: 5 } }, '/deadLetterTarget/connection'],
    [
      { mappingEngine: 'Ditto' },
      { deadLetterTarget: { address: 'a', connection: 'a/b' } },
      '/deadLetterTarget/connection',
    ],
  ])('of %j %j is refused', (definition, source, place) => {
    expect(faultOf(definition, source)).toContain(place);
  });

  it('are nothing when they are not there', () => {
    const { sources } = connection({ mappingEngine: 'Ditto' });
    expect(sources[0]?.deadLetterTarget).toBeUndefined();
    expect(sources[0]?.payloadMapping[0]?.incomingSchema).toBeUndefined();
  });
});
