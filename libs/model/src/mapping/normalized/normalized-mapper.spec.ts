import { mapIn, mapOut, mappedJson, mapperOf } from '@gemel/testkit/mapping';
import type { JsonObject } from '../../json/index.js';

describe('the mapper Normalized', () => {
  const event = (change: JsonObject): JsonObject => ({
    topic: 'a/car/things/twin/events/modified',
    headers: { 'content-type': 'application/json', 'entity-revision': 3 },
    path: '/features/sensor/properties/temperature/value',
    value: 42,
    revision: 3,
    timestamp: '2024-01-06T14:23:42Z',
    ...change,
  });
  const context = (change: JsonObject = {}) => {
    const { topic, path, value = null } = event(change);
    return { topic, path, value, headers: { 'content-type': 'application/json', 'entity-revision': '3' } };
  };
  const told = { _modified: '2024-01-06T14:23:42Z', _revision: 3 };

  it('puts what is new where it belongs in the thing', () => {
    expect(mappedJson(mapperOf('Normalized'), event({}))).toEqual([
      {
        thingId: 'a:car',
        features: { sensor: { properties: { temperature: { value: 42 } } } },
        ...told,
        _context: context(),
      },
    ]);
  });

  it('tells whole things, their deletion and what goes along', () => {
    const mapper = mapperOf('Normalized');
    const created = {
      topic: 'a/car/things/twin/events/created',
      path: '/',
      value: { thingId: 'a:car', attributes: { a: 1 } },
    };
    expect(mappedJson(mapper, event({ ...created, extra: { attributes: { a: 0, b: 2 }, policyId: 'a:p' } }))).toEqual([
      { thingId: 'a:car', policyId: 'a:p', attributes: { a: 1, b: 2 }, ...told, _context: context(created) },
    ]);
    const { value: _value, ...rest } = event({ topic: 'a/car/things/twin/events/deleted', path: '/' });
    expect(mappedJson(mapper, rest)).toEqual([
      {
        thingId: 'a:car',
        ...told,
        _deleted: '2024-01-06T14:23:42Z',
        _context: { ...context({ topic: 'a/car/things/twin/events/deleted', path: '/' }), value: null },
      },
    ]);
  });

  it('leaves the nulls of a merge out, and tells what they deleted when that is wished', () => {
    const merge = event({
      topic: 'a/car/things/twin/events/merged',
      path: '/',
      value: {
        attributes: { a: null, b: 1 },
        features: { f: null, g: { properties: { '{{ ~x~ }}': null, y: null } } },
      },
    });
    const [plain] = mappedJson(mapperOf('Normalized'), merge);
    expect(plain).toMatchObject({ thingId: 'a:car', attributes: { b: 1 } });
    expect(plain).not.toHaveProperty('features');
    const [all] = mappedJson(mapperOf('Normalized', { includeDeletedFields: 'true' }), merge);
    const when = '2024-01-06T14:23:42Z';
    expect(all).toMatchObject({
      _deletedFields: { attributes: { a: when }, features: { f: when, g: { properties: { y: when } } } },
    });
    expect(JSON.stringify((all as JsonObject)['_deletedFields'])).not.toContain('~x~');
  });

  it('tells deleted parts only when that is wished', () => {
    const { value: _value, ...deletion } = event({ topic: 'a/car/things/twin/events/deleted', path: '/attributes/a' });
    expect(mappedJson(mapperOf('Normalized'), deletion)).toEqual([]);
    expect(mappedJson(mapperOf('Normalized', { includeDeletedFields: true }), deletion)).toMatchObject([
      { thingId: 'a:car', _deletedFields: { attributes: { a: '2024-01-06T14:23:42Z' } } },
    ]);
  });

  it('sends the fields that are wished', () => {
    const mapper = mapperOf('Normalized', { fields: 'thingId,_context(topic)' });
    expect(mappedJson(mapper, event({}))).toEqual([
      { thingId: 'a:car', _context: { topic: 'a/car/things/twin/events/modified' } },
    ]);
    expect(() => mapperOf('Normalized', { fields: 'a(' })).toThrow('/options/fields is not valid');
  });

  it.each(['a/car/things/twin/commands/modify', 'a/car/things/live/messages/x', 'a/p/policies/events/modified'])(
    'drops %s',
    (topic) => expect(mappedJson(mapperOf('Normalized'), event({ topic }))).toEqual([]),
  );

  it('takes nothing in, and keeps keys such as __proto__', () => {
    expect(mapIn(mapperOf('Normalized'), '{}')).toEqual([]);
    const [out] = mapOut(mapperOf('Normalized'), event({ path: '/attributes/__proto__/x' }));
    expect(String(out?.payload)).toContain('"attributes":{"__proto__":{"x":42}}');
  });
});
