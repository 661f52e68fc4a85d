import type { Response } from 'supertest';
import { until } from '@gemel/testkit/contracts';
import { MessagedCar } from '@gemel/testkit/http-api';

const { ASK } = MessagedCar;

let car: MessagedCar;

beforeEach(async () => {
  car = await MessagedCar.open();
});
afterEach(() => car.close());

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
    car.device.replies(200, 'yes', 'text/plain');
    await car
      .post(url)
      .set('content-type', 'text/plain')
      .set('x-custom', 'mine')
      .set('correlation-id', 'c1')
      .send('Hey')
      .expect(200);
    expect(car.device.got).toEqual([
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
    const guest = car.listener('other');
    const second = car.listener('ditto');
    await car.post(`${ASK}?timeout=0`).expect(202);
    await until(() => Math.min(car.device.got.length, second.got.length) > 0);
    expect([car.device.got.length, second.got.length, guest.got.length]).toEqual([1, 1, 0]);
    await car.grant({ 'message:/inbox/messages/ask': { grant: ['READ'], revoke: [] } }).expect(201);
    await car.post(`${ASK}?timeout=0`).expect(202);
    await car.post('/things/x:car/inbox/messages/other?timeout=0').expect(202);
    await car.post('/things/x:car/features/lamp/inbox/messages/ask?timeout=0').expect(202);
    await until(() => car.device.got.length === 4);
    expect(guest.got).toHaveLength(1);
  });

  it.each([
    ['text/plain', 'grün', 'grün'],
    ['application/json', '{"a":[1,null]}', { a: [1, null] }],
    ['application/octet-stream', Buffer.from([0, 255, 1]), 'AP8B'],
    ['image/png', Buffer.from([137, 80]), 'iVA='],
    ['application/vnd.acme+json', '{"a":1}', { a: 1 }],
  ])('Payload encoding: %s', async (contentType, body, value) => {
    await car
      .post(`${ASK}?timeout=0`)
      .set('content-type', contentType)
      .send(body as string)
      .expect(202);
    await until(() => car.device.got.length > 0);
    expect(car.device.got[0]).toMatchObject({ value, headers: { 'content-type': contentType } });
  });

  it('Payload encoding: no body is no value', async () => {
    await car.post(`${ASK}?timeout=0`).expect(202);
    await until(() => car.device.got.length > 0);
    expect(car.device.got[0]).not.toHaveProperty('value');
    expect(car.device.got[0]?.['headers']).not.toHaveProperty('content-type');
  });

  it.each([
    ['application/json', '{"a":', 400, 'json.invalid'],
    ['text/plain', 'x'.repeat(256_001), 413, 'messages:payload.toolarge'],
  ])('refuses a payload of %s that is not right', async (contentType, body, status, error) => {
    const response = await car.post(ASK).set('content-type', contentType).send(body).expect(status);
    expect(response.body).toMatchObject({ status, error });
    expect(car.device.got).toEqual([]);
  });

  it('Message size: 250 kB on the byte', async () => {
    await car.post(`${ASK}?timeout=0`).set('content-type', 'text/plain').send('x'.repeat(256_000)).expect(202);
    const { body } = await car.post(ASK).set('content-type', 'text/plain').send('x'.repeat(256_001)).expect(413);
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
    car.device.replies(status, value, contentType);
    const response = await car.post(ASK).buffer(true).parse(asText).set('correlation-id', 'c2');
    expect(response.status).toBe(status === 502 ? 200 : status);
    expect(response.headers['content-type']).toBe(type);
    expect(response.headers['correlation-id']).toBe('c2');
    expect(response.body).toBe(text);
  });

  it('sends bytes as bytes', async () => {
    car.device.replies(200, 'AP8B', 'image/png');
    const response = await car.post(ASK).buffer(true).parse(asBytes).expect(200).expect('content-type', 'image/png');
    expect(response.body).toEqual(Buffer.from([0, 255, 1]));
  });

  it('has no body for 204, nor for an answer without one', async () => {
    car.device.replies(204, 'ignored', 'text/plain');
    expect((await car.post(ASK).expect(204)).text).toBe('');
    car.device.replies(200);
    expect((await car.post(ASK).expect(200)).text).toBe('');
  });

  it('takes the first answer, from the inbox or the outbox', async () => {
    car.device.answer = (signal) => {
      const answer = { ...signal, status: 200, headers: signal['headers'] ?? {} };
      return [
        { ...answer, path: '/outbox/messages/ask', value: 'first' },
        { ...answer, value: 'second' },
      ];
    };
    const response = await car.post(ASK).set('content-type', 'text/plain').send('?').expect(200);
    expect(response.text).toBe('first');
    expect(car.api.live.hub.counters()).toMatchObject({ answered: 1, surplus: 1, unexpected: 0 });
    expect(car.api.failures.recent()).toEqual([]);
  });

  it('hands a refusal of the device on', async () => {
    const error = { status: 409, error: 'acme:busy', message: 'Busy.', description: 'Try later.' };
    car.device.answer = ({ headers }) => ({
      topic: 'x/car/things/live/errors',
      path: '/',
      headers: headers ?? {},
      status: 409,
      value: error,
    });
    expect((await car.post(ASK).expect(409)).body).toEqual(error);
  });
});

function asText(response: Response, done: (error: Error | null, body: unknown) => void): void {
  asBytes(response, (error, bytes) => done(error, String(bytes)));
}

function asBytes(response: Response, done: (error: Error | null, body: unknown) => void): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  response.on('end', () => done(null, Buffer.concat(chunks)));
}
