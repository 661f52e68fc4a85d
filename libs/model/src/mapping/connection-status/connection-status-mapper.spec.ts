import { mapIn, mapperOf } from '@gemel/testkit/mapping';

describe('the mapper ConnectionStatus', () => {
  const mapper = mapperOf('ConnectionStatus', { thingId: '{{ header:device_id }}' });
  const headers = { device_id: 'a:car', 'creation-time': '1571214120000' };
  const status = (readySince: string, readyUntil: string) => ({
    definition: ['org.eclipse.ditto:ConnectionStatus:1.0.0'],
    properties: { status: { readySince, readyUntil } },
  });
  const quiet = { 'response-required': false, 'requested-acks': [] };

  it.each([
    ['300', ['features', 'ConnectionStatus'], status('2019-10-16T08:22:00Z', '2019-10-16T08:27:00Z')],
    ['-1', ['features', 'ConnectionStatus'], status('2019-10-16T08:22:00Z', '9999-12-31T23:59:59Z')],
    ['0', ['features', 'ConnectionStatus', 'properties', 'status', 'readyUntil'], '2019-10-16T08:22:00Z'],
  ])('writes until when a device with ttd %s is there', (ttd, path, value) => {
    expect(mapIn(mapper, '', { ...headers, ttd })).toEqual([
      { topic: 'a/car/things/twin/commands/modify', headers: quiet, path, value },
    ]);
  });

  it.each([
    [{}],
    [{ ttd: '-2' }],
    [{ ttd: 'soon' }],
    [{ ttd: '1', 'creation-time': '-1' }],
    [{ ttd: '1', 'creation-time': 'x' }],
    [{ ttd: '1', device_id: 'no id' }],
    [{ ttd: '1'.repeat(30) }],
  ])('maps %j to nothing', (change) => expect(mapIn(mapper, '', { ...headers, ...change })).toEqual([]));

  it('names the feature as it is told, and what is wrong with its options', () => {
    const other = mapperOf('ConnectionStatus', { thingId: 'a:b', featureId: '{{ header:f }}' });
    expect(mapIn(other, '', { ...headers, ttd: '1', f: 'x' })[0]?.path).toEqual(['features', 'x']);
    expect(mapIn(other, '', { ...headers, ttd: '1' })).toEqual([]);
    expect(() => mapperOf('ConnectionStatus')).toThrow('/options/thingId must be');
    expect(() => mapperOf('ConnectionStatus', { thingId: 'nothing' })).toThrow('/options/thingId is not valid');
    expect(() => mapperOf('ConnectionStatus', { thingId: '{{ x }}' })).toThrow('/options/thingId is not valid');
  });
});
