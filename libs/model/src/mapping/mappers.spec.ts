import fc from 'fast-check';
import { mapIn, mapperOf } from '@gemel/testkit/mapping';
import { parseEnvelope } from '../protocol/index.js';
import { mappingByAlias } from './index.js';
import { mappers } from './mappers.js';

describe('mappers', () => {
  it('do by their names when they need no options', () => {
    const names = [...mappers.keys()].filter((name) => mappingByAlias(name) !== undefined);
    expect(names).toEqual(['Ditto', 'Normalized', 'RawMessage', 'UpdateTwinWithLiveResponse', 'CloudEvents']);
    expect(mappingByAlias('constructor')).toBeUndefined();
  });

  it('answer anything with Ditto Protocol messages or an error of their own', () => {
    const mapping = fc.constantFrom(
      mapperOf('Ditto'),
      mapperOf('RawMessage'),
      mapperOf('CloudEvents'),
      mapperOf('UpdateTwinWithLiveResponse'),
      mapperOf('ConnectionStatus', { thingId: '{{ header:a }}' }),
      mapperOf('ImplicitThingCreation', { thing: { thingId: '{{ header:a }}' } }),
    );
    const name = fc.constantFrom(
      'a',
      'content-type',
      'ttd',
      'creation-time',
      'ce-id',
      'status',
      'ditto-message-thing-id',
    );
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('a:b', 'application/json', 'application/cloudevents+json', '200'),
    );
    fc.assert(
      fc.property(mapping, fc.uint8Array(), fc.dictionary(name, text), (mapper, bytes, headers) => {
        try {
          for (const { topic, path } of mapIn(mapper, bytes, headers))
            parseEnvelope({ topic, path: `/${path.join('/')}` });
        } catch (error) {
          expect(error).toHaveProperty('status');
        }
      }),
    );
  });
});
