import request from 'supertest';
import type { Response, Test } from 'supertest';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { turns, until } from '@gemel/testkit/contracts';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
let device: Device;

beforeEach(async () => {
  api = await openHttpApi();
  device = new Device();
  await put('/things/x:car', { attributes: { speed: 1 }, features: { lamp: {} } }).expect(201);
});
afterEach(() => api.close());

const ditto = parseSubjectId('nginx:ditto');

/** Someone who gets live signals and answers them in the Ditto Protocol. */
class Device {
  readonly got: JsonObject[] = [];
  /** Makes of a signal what is sent back; undefined sends nothing. */
  answer: (signal: JsonObject) => JsonObject | readonly JsonObject[] | undefined = () => undefined;

  constructor(readonly subject = ditto) {
    api.live.hub.subscribe({
      name: 'device',
      subjects: [subject],
      wants: () => true,
      next: ({ envelope }) => {
        this.got.push(envelope);
        const answers = this.answer(envelope);
        for (const each of answers === undefined ? [] : [answers].flat()) void this.send(each);
      },
    });
  }

  async send(envelope: JsonObject | string): Promise<void> {
    const text = typeof envelope === 'string' ? envelope : JSON.stringify(envelope);
    const payload = new TextEncoder().encode(text);
    await api.ingest.handle({ address: 'telemetry/car', payload, subjects: [this.subject], headers: {} });
  }

  replies(status: number, value?: JsonValue, contentType?: string): void {
    this.answer = ({ topic, path, headers }) => ({
      topic: topic ?? '',
      path: path ?? '',
      headers: {
        'correlation-id': (headers as JsonObject)['correlation-id'] ?? '',
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      status,
      ...(value === undefined ? {} : { value }),
    });
  }
}

function put(path: string, body: unknown): Test {
  return request(api.url)
    .put(`/api/2${path}`)
    .auth('ditto', 'ditto')
    .send(body as object);
}

function post(path: string, user = 'ditto'): Test {
  return request(api.url).post(`/api/2${path}`).auth(user, user);
}

const ASK = '/things/x:car/inbox/messages/ask';

/** What is there below a resource of the policy, for the user `other`. */
function grant(resources: Record<string, { grant: string[]; revoke: string[] }>): Test {
  return put('/policies/x:car/entries/guest', { subjects: { 'nginx:other': { type: 'guest' } }, resources });
}

describe('Messages: send over HTTP', () => {
  it.each([
    ['/things/x:car/inbox/messages/ask', 'ask', '/inbox/messages/ask', 'TO'],
    ['/things/x:car/outbox/messages/tell', 'tell', '/outbox/messages/tell', 'FROM'],
    ['/things/x:car/inbox/messages/ask/me/now', 'ask/me/now', '/inbox/messages/ask/me/now', 'TO'],
    ['/things/x:car/inbox/messages/a%20b', 'a%20b', '/inbox/messages/a%20b', 'TO'],
    ['/things/x:car/inbox/messages/claim', 'claim', '/inbox/messages/claim', 'TO'],
    ['/things/x:car/features/lamp/inbox/messages/ask', 'ask', '/features/lamp/inbox/messages/ask', 'TO'],
    ['/things/x:car/features/lamp/outbox/messages/a/b', 'a/b', '/features/lamp/outbox/messages/a/b', 'FROM'],
    ['/things/x:car/inbox/messages/__proto__', '__proto__', '/inbox/messages/__proto__', 'TO'],
  ])('%s reaches whoever may read it', async (url, subject, path, direction) => {
    device.replies(200, 'yes', 'text/plain');
    await post(url)
      .set('content-type', 'text/plain')
      .set('x-custom', 'mine')
      .set('correlation-id', 'c1')
      .send('Hey')
      .expect(200);
    expect(device.got).toEqual([
      {
        topic: `x/car/things/live/messages/${subject}`,
        path,
        headers: {
          'correlation-id': 'c1',
          'content-type': 'text/plain',
          'ditto-originator': 'nginx:ditto',
          'response-required': true,
          'requested-acks': ['live-response'],
          timeout: '10',
          'ditto-message-direction': direction,
          'ditto-message-subject': subject,
          'ditto-message-thing-id': 'x:car',
          ...(path.startsWith('/features') ? { 'ditto-message-feature-id': 'lamp' } : {}),
          timestamp: expect.any(String) as string,
          'x-custom': 'mine',
          version: 2,
        },
        value: 'Hey',
      },
    ]);
  });

  it('reaches every subscriber with READ and nobody else', async () => {
    const guest = new Device(parseSubjectId('nginx:other'));
    const second = new Device();
    await post(`${ASK}?timeout=0`).expect(202);
    await until(() => Math.min(device.got.length, second.got.length) > 0);
    expect([device.got.length, second.got.length, guest.got.length]).toEqual([1, 1, 0]);
    await grant({ 'message:/inbox/messages/ask': { grant: ['READ'], revoke: [] } }).expect(201);
    await post(`${ASK}?timeout=0`).expect(202);
    await post('/things/x:car/inbox/messages/other?timeout=0').expect(202);
    await post('/things/x:car/features/lamp/inbox/messages/ask?timeout=0').expect(202);
    await until(() => device.got.length === 4);
    expect(guest.got).toHaveLength(1);
  });

  it.each([
    ['text/plain', 'grün', 'grün'],
    ['application/json', '{"a":[1,null]}', { a: [1, null] }],
    ['application/octet-stream', Buffer.from([0, 255, 1]), 'AP8B'],
    ['image/png', Buffer.from([137, 80]), 'iVA='],
    ['application/vnd.acme+json', '{"a":1}', { a: 1 }],
  ])('Payload encoding: %s', async (contentType, body, value) => {
    await post(`${ASK}?timeout=0`)
      .set('content-type', contentType)
      .send(body as string)
      .expect(202);
    await until(() => device.got.length > 0);
    expect(device.got[0]).toMatchObject({ value, headers: { 'content-type': contentType } });
  });

  it('Payload encoding: no body is no value', async () => {
    await post(`${ASK}?timeout=0`).expect(202);
    await until(() => device.got.length > 0);
    expect(device.got[0]).not.toHaveProperty('value');
    expect(device.got[0]?.['headers']).not.toHaveProperty('content-type');
  });

  it.each([
    ['application/json', '{"a":', 400, 'json.invalid'],
    ['text/plain', 'x'.repeat(256_001), 413, 'messages:payload.toolarge'],
  ])('refuses a payload of %s that is not right', async (contentType, body, status, error) => {
    const response = await post(ASK).set('content-type', contentType).send(body).expect(status);
    expect(response.body).toMatchObject({ status, error });
    expect(device.got).toEqual([]);
  });

  it('Message size: 250 kB on the byte', async () => {
    await post(`${ASK}?timeout=0`).set('content-type', 'text/plain').send('x'.repeat(256_000)).expect(202);
    const { body } = await post(ASK).set('content-type', 'text/plain').send('x'.repeat(256_001)).expect(413);
    expect(body).toEqual({
      status: 413,
      error: 'messages:payload.toolarge',
      message: 'The payload of the message has 256001 bytes; 256000 are allowed.',
      description: 'Send less at once, or raise the limit in the configuration.',
    });
  });
});

describe('Messages: HTTP reply mapping', () => {
  it.each([
    [200, 'yes', 'text/plain', 'text/plain', 'yes'],
    [418, 'no', 'text/plain; charset=utf-8', 'text/plain; charset=utf-8', 'no'],
    [200, { a: 1 }, 'application/json', 'application/json', '{"a":1}'],
    [404, { error: 'x' }, 'application/json', 'application/json', '{"error":"x"}'],
    [502, 'bad', 'text/plain', 'text/plain', 'bad'],
    [200, 'plain', undefined, 'application/octet-stream', 'plain'],
    [200, 'plain', 'nonsense', 'application/octet-stream', 'plain'],
    [200, 5, 'text/plain', 'text/plain', '5'],
  ])('%d %j of %s', async (status, value, contentType, type, text) => {
    device.replies(status, value, contentType);
    const response = await post(ASK).buffer(true).parse(asText).set('correlation-id', 'c2');
    expect(response.status).toBe(status === 502 ? 200 : status);
    expect(response.headers['content-type']).toBe(type);
    expect(response.headers['correlation-id']).toBe('c2');
    expect(response.body).toBe(text);
  });

  it('sends bytes as bytes', async () => {
    device.replies(200, 'AP8B', 'image/png');
    const response = await post(ASK).buffer(true).parse(asBytes).expect(200).expect('content-type', 'image/png');
    expect(response.body).toEqual(Buffer.from([0, 255, 1]));
  });

  it('has no body for 204, nor for an answer without one', async () => {
    device.replies(204, 'ignored', 'text/plain');
    expect((await post(ASK).expect(204)).text).toBe('');
    device.replies(200);
    expect((await post(ASK).expect(200)).text).toBe('');
  });

  it('takes the first answer, from the inbox or the outbox', async () => {
    device.answer = (signal) => {
      const answer = { ...signal, status: 200, headers: signal['headers'] ?? {} };
      return [
        { ...answer, path: '/outbox/messages/ask', value: 'first' },
        { ...answer, value: 'second' },
      ];
    };
    const response = await post(ASK).set('content-type', 'text/plain').send('?').expect(200);
    expect(response.text).toBe('first');
    expect(api.live.hub.counters()).toMatchObject({ answered: 1, surplus: 1, unexpected: 0 });
    expect(api.failures.recent()).toEqual([]);
  });

  it('hands a refusal of the device on', async () => {
    const error = { status: 409, error: 'acme:busy', message: 'Busy.', description: 'Try later.' };
    device.answer = ({ headers }) => ({
      topic: 'x/car/things/live/errors',
      path: '/',
      headers: headers ?? {},
      status: 409,
      value: error,
    });
    expect((await post(ASK).expect(409)).body).toEqual(error);
  });
});

describe('Messages: timeouts', () => {
  it('say how long was waited', async () => {
    const { body } = await post(`${ASK}?timeout=60ms`).expect(408);
    expect(body).toEqual({
      status: 408,
      error: 'command.timeout',
      message: 'Nobody has answered within 60ms.',
      description: 'Check that the device listens, or allow more time.',
    });
    expect(device.got[0]?.['headers']).toMatchObject({ timeout: '60ms' });
  });

  it.each(['timeout=0', 'response-required=false', 'timeout=5&response-required=false'])('%s is 202', async (query) => {
    expect((await post(`${ASK}?${query}`).expect(202)).text).toBe('');
    await until(() => device.got.length > 0);
    expect(device.got).toHaveLength(1);
  });

  it.each([
    ['timeout=0&response-required=true', 'header.invalid'],
    ['timeout=0&requested-acks=mine', 'header.invalid'],
    ['timeout=61s', 'timeout.invalid'],
    ['timeout=-1', 'timeout.invalid'],
    ['timeout=abc', 'timeout.invalid'],
    ['response-required=maybe', 'header.invalid'],
  ])('%s is refused with %s', async (query, error) => {
    expect((await post(`${ASK}?${query}`).expect(400)).body).toMatchObject({ error });
    expect(device.got).toEqual([]);
  });

  it('says what was wrong with an answer that was none, to the caller and to the operator', async () => {
    device.answer = ({ headers }) => ({
      topic: 'x/car/things/live/messages/ask',
      path: '/features/lamp/inbox/messages/ask',
      headers: headers ?? {},
      status: 200,
    });
    const { body } = await post(`${ASK}?timeout=100ms`).expect(408);
    expect(body.description).toBe(
      'An answer came that is none: it is a messages.responses:featureResponseMessage, which answers no messages.commands:thingMessage.',
    );
    expect(api.failures.recent()).toMatchObject([{ code: 'gemel:answer.unexpected', thingId: 'x:car' }]);
  });

  it('leave a late answer to the operator', async () => {
    await post(`${ASK}?timeout=20ms`).set('correlation-id', 'late').expect(408);
    const topic = 'x/car/things/live/messages/ask';
    await device.send({ topic, path: '/inbox/messages/ask', headers: { 'correlation-id': 'late' }, status: 200 });
    await device.send({ topic, path: '/inbox/messages/ask', headers: { 'correlation-id': 'never' }, status: 200 });
    await device.send({ topic, path: '/inbox/messages/ask', headers: {}, status: 200 });
    await device.send('{"topic":');
    expect(api.failures.recent().map(({ message }) => message)).toEqual([
      expect.stringContaining('JSON'),
      'The answer reaches nobody: it has no correlation-id.',
      "The answer reaches nobody: nothing was asked with the correlation-id 'never'.",
      'The answer reaches nobody: it comes too late.',
    ]);
  });

  it('refuse a correlation id that is in use', async () => {
    const first = post(`${ASK}?timeout=300ms`)
      .set('correlation-id', 'same')
      .then((response) => response.status);
    while (device.got.length === 0) await turns(1);
    const { body } = await post(ASK).set('correlation-id', 'same').expect(409);
    expect(body.error).toBe('acknowledgement:request.duplicate.correlation-id');
    expect(await first).toBe(408);
  });
});

describe('Messages: requested acknowledgements', () => {
  const both = (status: number) => (signal: JsonObject) => {
    const headers = { 'correlation-id': (signal['headers'] as JsonObject)['correlation-id'] ?? '' };
    return [
      { topic: 'x/car/things/live/acks/mine', path: '/', headers, status, value: { ok: true } },
      {
        topic: signal['topic'] ?? '',
        path: signal['path'] ?? '',
        headers: { ...headers, 'content-type': 'text/plain' },
        status: 200,
        value: 'yes',
      },
    ];
  };

  it('come together with the answer', async () => {
    device.answer = both(200);
    const { body } = await post(`${ASK}?requested-acks=mine`).set('correlation-id', 'c').expect(200);
    expect(body).toEqual({
      mine: { status: 200, payload: { ok: true }, headers: { 'correlation-id': 'c', version: 2 } },
      'live-response': {
        status: 200,
        payload: 'yes',
        headers: { 'correlation-id': 'c', 'content-type': 'text/plain', version: 2 },
      },
    });
    device.answer = both(503);
    expect((await post(`${ASK}?requested-acks=mine`).expect(424)).body.mine.status).toBe(503);
  });

  it('that are missing have timed out', async () => {
    device.replies(200, 'yes', 'text/plain');
    const { body } = await post(`${ASK}?requested-acks=mine&timeout=500ms`).expect(424);
    expect(body.mine).toEqual({
      status: 408,
      payload: {
        status: 408,
        error: 'acknowledgement:request.timeout',
        message: 'The acknowledgement did not come within 500ms.',
        description: 'Check that somebody issues it, or allow more time.',
      },
      headers: {},
    });
  });

  it('of one label are its own answer, and of a caller who wants no response a 202', async () => {
    device.answer = both(200);
    await post(`${ASK}?requested-acks=mine&response-required=false`).expect(202);
    device.answer = both(400);
    const { status } = await post(`${ASK}?requested-acks=mine&response-required=false`);
    expect(status).toBe(400);
  });
});

describe('Messages: permission', () => {
  it.each([
    ['/things/x:none/inbox/messages/ask', 404, 'things:thing.notfound'],
    ['/things/nocolon/inbox/messages/ask', 400, 'things:id.invalid'],
    ['/things/x:car/inbox/messages/a%00b', 400, 'messages:subject.invalid'],
    ['/things/x:car/inbox/messages/', 400, 'messages:subject.invalid'],
    ['/things/x:car/inbox/messages/a%zz', 400, 'gemel:url.invalid'],
  ])('%s is %d', async (path, status, error) => {
    expect((await post(path).expect(status)).body.error).toBe(error);
  });

  it('is not there without a subject', async () => {
    const response = await post('/things/x:car/inbox/messages').expect(404);
    expect(response.headers['content-type']).toBe('text/plain; charset=UTF-8');
  });

  it('is checked after everything else, in Ditto’s order', async () => {
    const faults = [
      { path: '/things/nocolon/inbox/messages/a%00?timeout=99', error: 'things:id.invalid' },
      { path: '/things/x:car/inbox/messages/a%00?timeout=99', error: 'timeout.invalid' },
      { path: '/things/x:car/inbox/messages/a%00', error: 'messages:subject.invalid' },
      { path: '/things/x:car/inbox/messages/a', body: `"${'x'.repeat(256_000)}`, error: 'messages:payload.toolarge' },
      { path: '/things/x:car/inbox/messages/a', body: '{', error: 'json.invalid' },
      { path: '/things/x:car/inbox/messages/a?condition=x(', body: '1', error: 'messages:send.notallowed' },
    ];
    for (const { path, body = '{', error } of faults) {
      const response = await post(path, 'other').set('content-type', 'application/json').send(body);
      expect(response.body.error).toBe(error);
    }
  });

  it('needs WRITE on the message', async () => {
    const { body } = await post(ASK, 'other').expect(403);
    expect(body).toEqual({
      status: 403,
      error: 'messages:send.notallowed',
      message: "You may not send this message to or from the Thing with ID 'x:car'.",
      description: "It needs WRITE on 'message:' and the path of the message in the policy of the Thing.",
    });
    await grant({ 'message:/inbox/messages': { grant: ['WRITE'], revoke: [] } }).expect(201);
    await post(`${ASK}?timeout=0`, 'other').expect(202);
    await post('/things/x:car/features/lamp/inbox/messages/ask?timeout=0', 'other').expect(403);
  });

  it('Condition on messages: sees what the caller may read of the twin', async () => {
    const gt = (n: number) => `${ASK}?timeout=0&condition=${encodeURIComponent(`gt(attributes/speed,${n})`)}`;
    await post(gt(0)).expect(202);
    expect((await post(gt(1)).expect(412)).body.error).toBe('things:condition.failed');
    await post(`${ASK}?timeout=0&condition=nonsense(`).expect(400);
    await grant({ 'message:/': { grant: ['WRITE'], revoke: [] } }).expect(201);
    await post(gt(0), 'other').expect(404);
    expect(device.got).toHaveLength(1);
  });

  it('needs credentials', () => request(api.url).post(`/api/2${ASK}`).expect(401));

  it.each(['get', 'put', 'patch', 'delete'] as const)('knows no %s', async (verb) => {
    await request(api.url)[verb](`/api/2${ASK}`).auth('ditto', 'ditto').expect(405);
  });
});

describe('Messages: claim', () => {
  it('needs no permission, and waits 60 s', async () => {
    device.replies(204);
    await post('/things/x:car/inbox/claim', 'other').set('content-type', 'text/plain').send('secret').expect(204);
    expect(device.got[0]).toMatchObject({
      topic: 'x/car/things/live/messages/claim',
      path: '/inbox/messages/claim',
      value: 'secret',
      headers: { timeout: '60', 'ditto-originator': 'nginx:other', 'ditto-message-subject': 'claim' },
    });
  });

  it.each([
    ['timeout=10m', 204],
    ['timeout=601', 400],
    ['timeout=0', 202],
  ])('%s is %d', async (query, status) => {
    device.replies(204);
    await post(`/things/x:car/inbox/claim?${query}`, 'other').expect(status);
  });

  it('needs the thing', () => post('/things/x:none/inbox/claim').expect(404));
});

function asText(response: Response, done: (error: Error | null, body: unknown) => void): void {
  asBytes(response, (error, bytes) => done(error, String(bytes)));
}

function asBytes(response: Response, done: (error: Error | null, body: unknown) => void): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks)));
}
