import fc from 'fast-check';

import type { JsonObject, JsonValue } from '../json/index.js';
import { formatEnvelope, parseEnvelope } from './envelope.js';

const topic = 'org.example/car/things/twin/commands/merge';

describe('envelopes', () => {
  it('come back from their JSON as they were', () => {
    const json = fc.record(
      {
        topic: fc.constant(topic),
        path: fc
          .array(fc.string({ minLength: 1 }), { minLength: 1 })
          .map((keys) => keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')),
        headers: fc
          .dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()))
          .map((headers) => ({ ...headers, version: 2 })),
        value: fc.jsonValue(),
        status: fc.integer({ min: 100, max: 599 }),
        revision: fc.nat(),
      },
      { requiredKeys: ['topic', 'path', 'headers'] },
    ) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(json, (text) => {
        expect(formatEnvelope(parseEnvelope(text))).toEqual(text);
      }),
    );
  });

  it.each(['', '/'])('takes the path %j as the whole entity and prints it as /', (path) => {
    const envelope = parseEnvelope({ topic, path });
    expect(envelope.path).toEqual([]);
    expect(formatEnvelope(envelope)['path']).toBe('/');
  });

  it('takes a path without its leading slash', () => {
    expect(parseEnvelope({ topic, path: 'features/gps' }).path).toEqual(['features', 'gps']);
  });

  it('tells an absent value from null', () => {
    expect('value' in parseEnvelope({ topic, path: '/' })).toBe(false);
    expect(parseEnvelope({ topic, path: '/', value: null })).toHaveProperty('value', null);
  });

  it('keeps the case of header names', () => {
    expect(parseEnvelope({ topic, path: '/', headers: { 'X-Custom': 1 } }).headers).toEqual({ 'X-Custom': 1 });
  });

  it.each<[JsonValue, string, number]>([
    [null, 'json.invalid', 400],
    [[], 'json.invalid', 400],
    ['text', 'json.invalid', 400],
    [{ path: '/' }, 'json.field.missing', 400],
    [{ topic }, 'json.field.missing', 400],
    [{ topic: 7, path: '/' }, 'json.invalid', 400],
    [{ topic, path: {} }, 'json.invalid', 400],
    [{ topic, path: '//' }, 'json.pointer.invalid', 400],
    [{ topic, path: '/', headers: [] }, 'json.invalid', 400],
    [{ topic, path: '/', status: '200' }, 'json.invalid', 400],
    [{ topic, path: '/', fields: 'a(' }, 'json.fieldselector.invalid', 400],
    [{ topic: 'x', path: '/' }, 'protocoladapter:unknown.topicpath', 400],
  ])('refuses %j with %s', (json, code, status) => {
    expect(() => parseEnvelope(json)).toThrow(expect.objectContaining({ code, status }));
  });
});
