import type { JsonObject } from '@gemel/model/json';
import { call, openApiWithCars, spokenConnections, targetFor } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

const ASK = { topic: 'example/car1/things/live/messages/ask', path: '/inbox/messages/ask' };

let api: OpenHttpApi;
const { connect, next, sentTo } = spokenConnections(() => api);

beforeEach(async () => {
  api = await openApiWithCars();
});

afterEach(() => api.close());

describe('a live message over a source', () => {
  const message = (headers: JsonObject = {}): JsonObject => ({
    ...ASK,
    headers: { 'correlation-id': 'c-1', 'content-type': 'text/plain', ...headers },
    value: 'how are you?',
  });
  const answer = (status: number, headers: JsonObject = {}): JsonObject => ({
    ...ASK,
    path: '/outbox/messages/ask',
    headers: { 'correlation-id': 'c-1', 'content-type': 'text/plain', ...headers },
    status,
    value: 'fine',
  });

  it('is answered at its reply target with what a device on another connection says', async () => {
    const [back, device] = [await connect(), await connect(targetFor(['_/_/things/live/messages']))];
    await back(message());
    const [asked] = await next('out', 1);
    expect(asked).toMatchObject({
      ...ASK,
      headers: { 'correlation-id': 'c-1', 'response-required': true, timeout: '60' },
      value: 'how are you?',
    });
    await device(answer(418));
    expect(await next('answers', 1)).toEqual([
      {
        topic: ASK.topic,
        path: '/outbox/messages/ask',
        headers: { 'correlation-id': 'c-1', 'content-type': 'text/plain', version: 2 },
        status: 418,
        value: 'fine',
      },
    ]);
  });

  it('is refused at its reply target when nobody answers in time', async () => {
    const back = await connect();
    await back(message({ timeout: '50ms' }));
    expect(await next('answers', 1)).toMatchObject([
      { topic: 'example/car1/things/live/errors', headers: { 'correlation-id': 'c-1' }, status: 408 },
    ]);
  });

  it('is settled with the answer, when it asks for one', async () => {
    const [back, device] = [await connect(), await connect(targetFor(['_/_/things/live/messages']))];
    let isSettled = false;
    const settled = back(message({ 'response-required': true })).then(() => (isSettled = true));
    await next('out', 1);
    expect(isSettled).toBe(false);
    await device(answer(204));
    await settled;
    expect(await next('answers', 1)).toMatchObject([{ status: 204 }]);
  });

  it('is to be delivered again when the answer that it asks for does not come', async () => {
    const back = await connect();
    await expect(back(message({ 'response-required': true, timeout: '20ms' }))).rejects.toMatchObject({ status: 408 });
    expect(await next('answers', 1)).toMatchObject([
      { topic: 'example/car1/things/live/errors', headers: { 'correlation-id': 'c-1' }, status: 408 },
    ]);
    await expect(back(message({ 'requested-acks': ['my:label'], timeout: '20ms' }))).rejects.toMatchObject({
      status: 424,
    });
  });

  it('is not answered when it wants none', async () => {
    const [back] = [await connect(), await connect(targetFor(['_/_/things/live/messages']))];
    await back(message({ 'response-required': false }));
    const [asked] = await next('out', 1);
    expect(asked?.['headers']).toMatchObject({ 'response-required': false });
    expect(sentTo('answers')).toEqual([]);
  });

  it.each([
    [{ 'response-required': true, timeout: '0' }, 400],
    [{ timeout: 'soon' }, 400],
  ])('is refused with the headers %j', async (headers, status) => {
    const back = await connect();
    await expect(back(message(headers))).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(await next('answers', 1)).toMatchObject([{ status }]);
  });

  it('is answered by the endpoint that its target acknowledges for', async () => {
    api.connections.brokers.answer = ({ address }) =>
      address === 'out'
        ? { status: 202, headers: { 'content-type': 'application/json' }, payload: new TextEncoder().encode('{"a":1}') }
        : { status: 200 };
    await connect(targetFor(['_/_/things/live/messages'], { issuedAcknowledgementLabel: 'live-response' }));
    const reply = await call(api, 'POST', '/api/2/things/example:car1/inbox/messages/ask', { hi: 1 });
    expect(reply).toMatchObject({ status: 202, body: { a: 1 } });
  });
});

describe('a live command over a source', () => {
  const COMMAND = { topic: 'example/car1/things/live/commands/retrieve', path: '/attributes/n' };

  it('is answered with what the device says', async () => {
    const [back, device] = [await connect(), await connect(targetFor(['_/_/things/live/commands']))];
    await back({ ...COMMAND, headers: { 'correlation-id': 'c-2' } });
    await next('out', 1);
    await device({ ...COMMAND, headers: { 'correlation-id': 'c-2' }, status: 200, value: 42 });
    expect(await next('answers', 1)).toMatchObject([
      { ...COMMAND, status: 200, value: 42, headers: { 'correlation-id': 'c-2' } },
    ]);
  });

  it('is refused when it may not be sent', async () => {
    const back = await connect();
    await expect(back({ ...COMMAND, topic: 'example/none/things/live/commands/retrieve' })).rejects.toMatchObject({
      code: 'gemel:message.unacceptable',
    });
    expect(await next('answers', 1)).toMatchObject([{ status: 404, value: { error: 'things:thing.notfound' } }]);
  });
});
