import request from 'supertest';
import { MessagedCar } from '@gemel/testkit/http-api';

const { ASK } = MessagedCar;

let car: MessagedCar;

beforeEach(async () => {
  car = await MessagedCar.open();
});
afterEach(() => car.close());

describe('Messages: permission', () => {
  it.each([
    ['/things/x:none/inbox/messages/ask', 404, 'things:thing.notfound'],
    ['/things/nocolon/inbox/messages/ask', 400, 'things:id.invalid'],
    ['/things/x:car/inbox/messages/a%00b', 400, 'messages:subject.invalid'],
    ['/things/x:car/inbox/messages/', 400, 'messages:subject.invalid'],
    ['/things/x:car/inbox/messages/a%zz', 400, 'gemel:url.invalid'],
  ])('%s is %d', async (path, status, error) => {
    expect((await car.post(path).expect(status)).body.error).toBe(error);
  });

  it('is not there without a subject', async () => {
    const response = await car.post('/things/x:car/inbox/messages').expect(404);
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
      const response = await car.post(path, 'other').set('content-type', 'application/json').send(body);
      expect(response.body.error).toBe(error);
    }
  });

  it('needs WRITE on the message', async () => {
    const { body } = await car.post(ASK, 'other').expect(403);
    expect(body).toEqual({
      status: 403,
      error: 'messages:send.notallowed',
      message: "You may not send this message to or from the Thing with ID 'x:car'.",
      description: "It needs WRITE on 'message:' and the path of the message in the policy of the Thing.",
    });
    await car.grant({ 'message:/inbox/messages': { grant: ['WRITE'], revoke: [] } }).expect(201);
    await car.post(`${ASK}?timeout=0`, 'other').expect(202);
    await car.post('/things/x:car/features/lamp/inbox/messages/ask?timeout=0', 'other').expect(403);
  });

  it('Condition on messages: sees what the caller may read of the twin', async () => {
    const gt = (n: number) => `${ASK}?timeout=0&condition=${encodeURIComponent(`gt(attributes/speed,${n})`)}`;
    await car.post(gt(0)).expect(202);
    expect((await car.post(gt(1)).expect(412)).body.error).toBe('things:condition.failed');
    await car.post(`${ASK}?timeout=0&condition=nonsense(`).expect(400);
    await car.grant({ 'message:/': { grant: ['WRITE'], revoke: [] } }).expect(201);
    await car.post(gt(0), 'other').expect(404);
    expect(car.device.got).toHaveLength(1);
  });

  it('needs credentials', () => request(car.api.url).post(`/api/2${ASK}`).expect(401));

  it.each(['get', 'put', 'patch', 'delete'] as const)('knows no %s', async (verb) => {
    await request(car.api.url)[verb](`/api/2${ASK}`).auth('ditto', 'ditto').expect(405);
  });
});

describe('Messages: claim', () => {
  it('needs no permission, and waits 60 s', async () => {
    car.device.replies(204);
    await car.post('/things/x:car/inbox/claim', 'other').set('content-type', 'text/plain').send('secret').expect(204);
    expect(car.device.got[0]).toMatchObject({
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
    car.device.replies(204);
    await car.post(`/things/x:car/inbox/claim?${query}`, 'other').expect(status);
  });

  it('needs the thing', () => car.post('/things/x:none/inbox/claim').expect(404));
});
