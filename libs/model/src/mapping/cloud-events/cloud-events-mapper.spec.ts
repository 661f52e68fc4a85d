import { mapIn, mapOut, mapperOf } from '@gemel/testkit/mapping';
import type { JsonValue } from '../../json/index.js';

describe('the mapper CloudEvents', () => {
  const mapper = mapperOf('CloudEvents');
  const message = { topic: 'a/car/things/twin/commands/modify', path: '/attributes/a', value: 1, headers: { x: 1 } };
  const binary = {
    'content-type': 'application/vnd.eclipse.ditto+json',
    'ce-specversion': '1.0',
    'ce-id': 'e-1',
    'ce-source': 's',
    'ce-type': 't',
  };
  const structured = { 'content-type': 'application/cloudevents+json' };
  const event = { specversion: '1.0', id: 'e-1', source: 's', type: 't' };
  const mapped = {
    topic: message.topic,
    path: ['attributes', 'a'],
    value: 1,
    headers: { x: 1, 'correlation-id': 'e-1' },
  };

  it.each<[string, JsonValue, Readonly<Record<string, string>>]>([
    ['binary', message, binary],
    ['structured', { ...event, data: message }, structured],
    ['structured with Base64', { ...event, data_base64: btoa(JSON.stringify(message)) }, structured],
  ])('takes a %s event', (_form, payload, headers) => expect(mapIn(mapper, payload, headers)).toEqual([mapped]));

  it.each<[string, JsonValue, Readonly<Record<string, string>>]>([
    ['without its attributes', message, { 'content-type': binary['content-type'] }],
    ['without an id', { ...event, id: null, data: message }, structured],
    ['without data', event, structured],
    ['that is no JSON', '{', structured],
  ])('refuses an event %s', (_what, payload, headers) => {
    expect(() => mapIn(mapper, payload, headers)).toThrow(
      expect.objectContaining({ code: 'connectivity:message.mapping.failed', status: 400 }),
    );
  });

  it('drops what is no event', () =>
    expect(mapIn(mapper, message, { 'content-type': 'application/json' })).toEqual([]));

  it('gives structured events, which it takes again', () => {
    const signal = { ...message, headers: { 'correlation-id': 'c' }, timestamp: '2024-01-06T14:23:42Z' };
    const [out] = mapOut(mapper, signal);
    expect(out?.headers).toEqual(structured);
    expect(JSON.parse(String(out?.payload))).toEqual({
      specversion: '1.0',
      id: 'c',
      source: 'https://github.com/eclipse-ditto/ditto',
      type: 'org.eclipse.ditto.outbound:things/twin/commands/modify',
      datacontenttype: 'application/vnd.eclipse.ditto+json',
      time: '2024-01-06T14:23:42Z',
      subject: 'a:car',
      data: signal,
    });
    expect(mapIn(mapper, String(out?.payload), structured)[0]).toMatchObject({ headers: { 'correlation-id': 'c' } });
  });
});
