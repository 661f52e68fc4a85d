import type { Response } from 'supertest';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { until } from '@gemel/testkit/contracts';
import { ask, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const got: JsonObject[] = [];
let answer: (signal: JsonObject) => JsonObject | undefined;

beforeEach(async () => {
  api = await openHttpApi();
  got.length = 0;
  answer = () => undefined;
  await call('put', '/things/x:car', { attributes: { speed: 1, secret: 2 } });
  api.live.hub.subscribe({
    name: 'device',
    subjects: [parseSubjectId('nginx:ditto')],
    wants: () => true,
    next: ({ envelope }) => {
      got.push(envelope);
      const reply = answer(envelope);
      if (reply === undefined) return;
      const payload = new TextEncoder().encode(JSON.stringify(reply));
      void api.ingest.handle({ address: 'a', payload, subjects: [parseSubjectId('nginx:ditto')], headers: {} });
    },
  });
});
afterEach(() => api.close());

const call = async (verb: Verb, path: string, body?: unknown, user?: string): Promise<Response> =>
  ask(api, verb, `/api/2${path}`, body, user);

const replying =
  (status: number, value?: JsonValue, headers: JsonObject = {}) =>
  (signal: JsonObject): JsonObject => ({
    topic: signal['topic'] ?? '',
    path: signal['path'] ?? '',
    headers: { 'correlation-id': (signal['headers'] as JsonObject)['correlation-id'] ?? '', ...headers },
    status,
    ...(value === undefined ? {} : { value }),
  });

const SPEED = '/things/x:car/attributes/speed';

describe('Live channel for CRUD', () => {
  it.each([
    [
      'get',
      '/things/x:car?channel=live&fields=thingId,attributes(speed)',
      undefined,
      { action: 'retrieve', path: '/', fields: 'thingId,attributes(speed)' },
    ],
    ['get', `${SPEED}?channel=live`, undefined, { action: 'retrieve', path: '/attributes/speed' }],
    ['put', `${SPEED}?channel=live`, 7, { action: 'modify', path: '/attributes/speed', value: 7 }],
    [
      'patch',
      '/things/x:car?channel=live',
      { attributes: { speed: null } },
      { action: 'merge', path: '/', value: { attributes: { speed: null } } },
    ],
    ['delete', `${SPEED}?channel=live`, undefined, { action: 'delete', path: '/attributes/speed' }],
  ] as const)('%s %s asks the device', async (verb, path, body, { action, ...expected }) => {
    answer = replying(
      action === 'retrieve' ? 200 : 204,
      action === 'retrieve' ? { attributes: { speed: 9 } } : undefined,
    );
    const response = await call(verb, path, body);
    expect(response.status).toBe(action === 'retrieve' ? 200 : 204);
    expect(response.headers['channel']).toBe('live');
    expect(got).toEqual([
      {
        topic: `x/car/things/live/commands/${action}`,
        headers: expect.objectContaining({
          'ditto-originator': 'nginx:ditto',
          'response-required': true,
          timeout: '10',
          'content-type': action === 'merge' ? 'application/merge-patch+json' : 'application/json',
        }) as object,
        ...expected,
      },
    ]);
    expect((await call('get', SPEED)).body).toBe(1);
  });

  it('gives the value that the device gives, and no entity tag', async () => {
    answer = replying(200, 42, { etag: '"rev:7"' });
    const response = await call('get', `${SPEED}?channel=live`);
    expect([response.status, response.body, response.headers['etag']]).toEqual([200, 42, undefined]);
    expect(response.headers['content-type']).toBe('application/json');
  });

  it('tells what was created and where', async () => {
    answer = replying(201, 7);
    const response = await call('put', '/things/x:car/attributes/new?channel=live', 7);
    expect([response.status, response.body]).toEqual([201, 7]);
    expect(response.headers['location']).toBe(
      `${api.url}/api/2/things/x:car/attributes/new?channel=live`.replace(/\?.*/, ''),
    );
  });

  it('shows what the caller may read of it', async () => {
    await call('put', '/policies/x:car/entries/guest', {
      subjects: { 'nginx:other': { type: 'guest' } },
      resources: { 'thing:/attributes/speed': { grant: ['READ'], revoke: [] } },
    });
    answer = replying(200, { attributes: { speed: 9, secret: 9 } });
    expect((await call('get', '/things/x:car?channel=live', undefined, 'other')).body).toEqual({
      attributes: { speed: 9 },
    });
  });

  it.each([
    ['get', '/things/x:none?channel=live', undefined, 'ditto', 404, 'things:thing.notfound'],
    ['get', '/things/x:car?channel=live', undefined, 'other', 404, 'things:thing.notfound'],
    ['get', `${SPEED}?channel=live`, undefined, 'other', 404, 'things:attribute.notfound'],
    ['put', `${SPEED}?channel=live`, 1, 'other', 403, 'things:attribute.notmodifiable'],
    ['patch', '/things/x:car?channel=live', { attributes: {} }, 'other', 403, 'things:thing.notmodifiable'],
    ['delete', '/things/x:car?channel=live', undefined, 'other', 403, 'things:thing.notdeletable'],
    ['post', '/things?channel=live', {}, 'ditto', 405, 'things:thing.notcreatable'],
    ['put', `${SPEED}?channel=live&condition=eq(attributes/speed,5)`, 1, 'ditto', 412, 'things:condition.failed'],
    ['get', `${SPEED}?channel=live&timeout=61s`, undefined, 'ditto', 400, 'gateway:timeout.invalid'],
    ['get', `${SPEED}?channel=live&live-channel-timeout-strategy=x`, undefined, 'ditto', 400, 'header.invalid'],
  ] as const)('%s %s with %j as %s is %d %s', async (verb, path, body, user, status, error) => {
    const response = await call(verb, path, body, user);
    expect([response.status, response.body.error]).toEqual([status, error]);
    expect(got).toEqual([]);
  });

  it('answers 408 when no device does, and hands its refusal on', async () => {
    const late = await call('get', `${SPEED}?channel=live&timeout=50ms`);
    expect([late.status, late.body.error]).toEqual([408, 'command.timeout']);
    answer = (signal) => ({
      topic: 'x/car/things/live/errors',
      path: '/',
      headers: signal['headers'] ?? {},
      status: 404,
      value: { status: 404, error: 'things:attribute.notfound', message: 'None.' },
    });
    const refused = await call('get', `${SPEED}?channel=live`);
    expect([refused.status, refused.body.message]).toEqual([404, 'None.']);
  });

  it('does not wait when nobody wants an answer', async () => {
    for (const query of ['timeout=0', 'response-required=false']) {
      expect((await call('put', `${SPEED}?channel=live&${query}`, 1)).status).toBe(202);
    }
    await until(() => got.length === 2);
    expect(got.map(({ headers }) => (headers as JsonObject)['response-required'])).toEqual([false, false]);
  });

  it('does not take the answer to another command', async () => {
    answer = (signal) => ({ ...replying(200, 1)(signal), path: '/attributes/other' });
    const { body } = await call('get', `${SPEED}?channel=live&timeout=50ms`);
    expect(body.description).toContain("it has the path '/attributes/other', not");
  });
});

describe('Live channel condition', () => {
  const conditional = (condition: string, more = '') =>
    call('get', `${SPEED}?live-channel-condition=${encodeURIComponent(condition)}${more}`);
  const heads = ({ status, body, headers }: Response): unknown[] => [
    status,
    status === 200 ? body : body.error,
    headers['channel'],
    headers['live-channel-condition-matched'],
  ];

  it('asks the device when it holds, and the twin otherwise', async () => {
    answer = replying(200, 9);
    expect(heads(await conditional('eq(attributes/speed,1)'))).toEqual([200, 9, 'live', 'true']);
    expect(heads(await conditional('eq(attributes/speed,2)'))).toEqual([200, 1, 'twin', 'false']);
    expect(got).toHaveLength(1);
  });

  it('falls back to the twin, or not', async () => {
    const matching = 'exists(attributes/speed)';
    expect(heads(await conditional(matching, '&timeout=50ms&live-channel-timeout-strategy=use-twin'))).toEqual([
      200,
      1,
      'twin',
      'true',
    ]);
    expect(heads(await conditional(matching, '&timeout=50ms'))).toEqual([408, 'command.timeout', 'live', 'true']);
    expect(
      heads(await call('get', `${SPEED}?channel=live&timeout=50ms&live-channel-timeout-strategy=use-twin`)),
    ).toEqual([200, 1, 'twin', 'true']);
  });

  it.each([
    ['put', SPEED, 1, 'ditto', 405],
    ['put', SPEED, 1, 'other', 403],
    ['put', '/things/x:new', {}, 'ditto', 405],
    ['delete', SPEED, undefined, 'ditto', 405],
    ['put', '/things/x:none/attributes/a', 1, 'ditto', 404],
  ] as const)('is no condition for %s %s with %j: %s gets %d', async (verb, path, body, user, status) => {
    const response = await call(verb, `${path}?live-channel-condition=exists(attributes)`, body, user);
    expect(response.status).toBe(status);
    expect(status === 405 ? response.body.error : 'things:live.channelcondition.notallowed').toBe(
      'things:live.channelcondition.notallowed',
    );
  });

  it('that cannot be read is 400', async () => {
    expect((await conditional('nonsense(')).status).toBe(400);
  });
});

describe('Live events and messages of devices', () => {
  const send = (envelope: JsonObject, user = 'ditto') =>
    api.ingest.handle({
      address: 'telemetry/car',
      payload: new TextEncoder().encode(JSON.stringify(envelope)),
      subjects: [parseSubjectId(`nginx:${user}`)],
      headers: {},
    });
  const event = {
    topic: 'x/car/things/live/events/modified',
    path: '/attributes/speed',
    value: 5,
    headers: { custom: 1, 'ditto-x': 2 },
  };
  const message = {
    topic: 'x/car/things/live/messages/alarm',
    path: '/outbox/messages/alarm',
    value: '!',
    headers: { 'content-type': 'text/plain' },
  };
  const listen = (name: string, filter?: string): JsonObject[] => {
    const heard: JsonObject[] = [];
    api.live.hub.subscribe({
      name,
      subjects: [parseSubjectId(`nginx:${name}`)],
      wants: () => true,
      filter,
      next: ({ envelope }) => heard.push(envelope),
    });
    return heard;
  };

  it('reach subscribers, but not the twin', async () => {
    await send(event);
    await send(message);
    await until(() => got.length > 1);
    expect(got).toEqual([
      {
        ...event,
        headers: {
          custom: 1,
          'correlation-id': expect.any(String) as string,
          'ditto-originator': 'nginx:ditto',
          version: 2,
        },
      },
      expect.objectContaining({ path: message.path, value: '!' }),
    ]);
    expect((got[1]?.['headers'] as JsonObject)['ditto-message-direction']).toBe('FROM');
    expect((await call('get', SPEED)).body).toBe(1);
  });

  it('need WRITE', async () => {
    await send(event, 'other');
    await send(message, 'other');
    await send({ ...event, topic: 'x/none/things/live/events/modified' });
    expect(got).toEqual([]);
    expect(api.failures.recent().map(({ code }) => code)).toEqual([
      'things:thing.notfound',
      'messages:send.notallowed',
      'things:event.notallowed',
    ]);
  });

  it('are filtered, and trimmed to what may be read', async () => {
    await call('put', '/policies/x:car/entries/guest', {
      subjects: { 'nginx:other': { type: 'guest' } },
      resources: { 'thing:/attributes/speed': { grant: ['READ'], revoke: [] } },
    });
    const [guest, fast, alarms] = [
      listen('other'),
      listen('ditto', 'gt(attributes/speed,6)'),
      listen('ditto', 'and(eq(topic:subject,"alarm"),like(resource:path,"/outbox/*"))'),
    ];
    await send({ ...event, path: '/attributes', value: { speed: 6, secret: 6 } });
    await send({ ...event, value: 7 });
    await send(message);
    await until(() => alarms.length > 0);
    expect(guest.map(({ value }) => value)).toEqual([{ speed: 6 }, 7]);
    expect(fast.map(({ value }) => value)).toEqual([7]);
    expect(alarms.map(({ value }) => value)).toEqual(['!']);
  });
});
