import { mapIn, mappedJson, mapperOf } from '@gemel/testkit/mapping';

describe('the mapper Ditto', () => {
  it('takes and gives Ditto Protocol messages', () => {
    const mapper = mapperOf('Ditto');
    const message = { topic: 'a/b/things/twin/commands/delete', path: '/', headers: {} };
    expect(mapIn(mapper, message)).toEqual([{ topic: message.topic, path: [], headers: {} }]);
    expect(mappedJson(mapper, message)).toEqual([message]);
    expect(() => mapIn(mapper, Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: 'json.invalid' }));
  });
});
