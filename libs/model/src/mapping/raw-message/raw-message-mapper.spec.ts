import fc from 'fast-check';
import { mapIn, mapOut, mappedJson, mapperOf } from '@gemel/testkit/mapping';
import type { JsonObject } from '../../json/index.js';

describe('the mapper RawMessage', () => {
  const mapper = mapperOf('RawMessage');
  const headers = { 'ditto-message-thing-id': 'a:car', 'ditto-message-subject': 'heat/up' };

  it('wraps payloads as their content type says', () => {
    expect(mapIn(mapper, Uint8Array.of(1, 2, 255), headers)).toEqual([
      {
        topic: 'a/car/things/live/messages/heat/up',
        headers: { 'content-type': 'application/octet-stream' },
        path: ['inbox', 'messages', 'heat', 'up'],
        value: 'AQL/',
      },
    ]);
    const more = { 'ditto-message-direction': 'FROM', 'ditto-message-feature-id': 'tank', status: '200' };
    expect(mapIn(mapper, { a: 1 }, { ...headers, ...more, 'content-type': 'application/json' })).toMatchObject([
      { path: ['features', 'tank', 'outbox', 'messages', 'heat', 'up'], value: { a: 1 }, status: 200 },
    ]);
    expect(mapIn(mapper, 'hot', { ...headers, 'content-type': 'text/plain' })[0]?.value).toBe('hot');
    expect(mapIn(mapper, '', headers)[0]).not.toHaveProperty('value');
  });

  it('takes Ditto Protocol messages as they are', () => {
    const message = { topic: 'a/b/things/twin/commands/delete', path: '/' };
    expect(mapIn(mapper, message, { 'content-type': 'application/vnd.eclipse.ditto+json; x=y' })[0]?.topic).toBe(
      message.topic,
    );
  });

  it('takes what is missing from its options', () => {
    const configured = mapperOf('RawMessage', {
      outgoingContentType: 'application/json',
      incomingMessageHeaders: {
        'Ditto-Message-Subject': 'fixed',
        'ditto-message-thing-id': 'x:y',
        'content-type': 'text/plain',
      },
    });
    expect(mapIn(configured, 'z')).toMatchObject([{ topic: 'x/y/things/live/messages/fixed', value: 'z' }]);
    expect(mapOut(configured, { topic: 'a/b/things/live/messages/x', path: '/inbox/messages/x', value: 1 })).toEqual([
      {
        payload: '1',
        headers: {
          'content-type': 'application/json',
          'ditto-message-direction': 'TO',
          'ditto-message-subject': 'x',
          'ditto-message-thing-id': 'a:b',
        },
      },
    ]);
    expect(() => mapperOf('RawMessage', { incomingMessageHeaders: { status: '{{ x }}' } })).toThrow(
      '/status is not valid',
    );
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['without a thing', { 'ditto-message-subject': 'x' }, 'connectivity:message.mapping.failed'],
    ['without a subject', { 'ditto-message-thing-id': 'a:b' }, 'connectivity:message.mapping.failed'],
    ['of no thing', { ...headers, 'ditto-message-thing-id': '9/x' }, 'things:id.invalid'],
    ['with an odd subject', { ...headers, 'ditto-message-subject': 'a//b' }, 'messages:subject.invalid'],
    ['that goes nowhere', { ...headers, 'ditto-message-direction': 'UP' }, 'connectivity:message.mapping.failed'],
    ['with an odd status', { ...headers, status: '1e3' }, 'connectivity:message.mapping.failed'],
    ['that is no JSON', { ...headers, 'content-type': 'application/json' }, 'json.invalid'],
  ])('refuses a message %s', (_what, given, code) => {
    expect(() => mapIn(mapper, '{', given)).toThrow(expect.objectContaining({ code }));
  });

  it('sends the payload of messages alone, and other signals whole', () => {
    const message = {
      topic: 'a/car/things/live/messages/heat',
      headers: { 'content-type': 'application/octet-stream' },
      path: '/features/tank/inbox/messages/heat',
      value: 'AQL/',
      status: 200,
    };
    expect(mapOut(mapper, message)).toEqual([
      {
        payload: Uint8Array.of(1, 2, 255),
        headers: {
          'content-type': 'application/octet-stream',
          status: '200',
          'ditto-message-subject': 'heat',
          'ditto-message-direction': 'TO',
          'ditto-message-thing-id': 'a:car',
          'ditto-message-feature-id': 'tank',
        },
      },
    ]);
    expect(mapOut(mapper, { ...message, headers: {}, value: 'hot' })[0]).toMatchObject({
      payload: 'hot',
      headers: { 'content-type': 'text/plain; charset=UTF-8' },
    });
    const { value: _value, ...empty } = message;
    expect(mapOut(mapper, empty)[0]?.payload).toBe('');
    const event = { topic: 'a/car/things/twin/events/deleted', path: '/', headers: {} };
    expect(mappedJson(mapper, event)).toEqual([event]);
    expect(() => mapOut(mapper, { ...message, value: 7 })).toThrow(
      expect.objectContaining({ code: 'connectivity:message.mapping.failed' }),
    );
  });

  it('brings any bytes through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const [envelope] = mapIn(mapper, bytes, headers);
        const json = { ...envelope, path: '/inbox/messages/heat/up' } as unknown as JsonObject;
        const [message] = mapOut(mapper, json);
        expect(message?.payload).toEqual(bytes);
      }),
    );
  });
});
