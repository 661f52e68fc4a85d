import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
beforeEach(async () => {
  api = await openHttpApi();
  await call(api, 'PUT', '/api/2/things/x:car', {});
});
afterEach(() => api.close());

const headers = { 'correlation-id': 'c-1', authorization: `Basic ${btoa('ditto:ditto')}` };
const ABORTED = { name: 'AbortError' };
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('Messages: callers that hang up', () => {
  it.each([
    ['POST', '/api/2/things/x:car/inbox/messages/ask?timeout=60s'],
    ['POST', '/api/2/things/x:car/inbox/claim?timeout=600s'],
    ['GET', '/api/2/things/x:car?channel=live&timeout=60s'],
  ])('give up their place at once: %s %s', async (method, path) => {
    const hangUp = new AbortController();
    const first = fetch(api.url + path, { method, headers, signal: hangUp.signal });
    await until(() => api.live.hub.counters().messages + api.live.hub.counters().commands === 1);
    hangUp.abort();
    await expect(first).rejects.toMatchObject(ABORTED);
    await until(() => api.live.hub.counters().abandoned === 1);
    // The correlation id is free again, as the place is.
    expect(
      (await fetch(`${api.url}/api/2/things/x:car/inbox/messages/a?timeout=1ms`, { method: 'POST', headers })).status,
    ).toBe(408);
    expect(api.live.hub.counters()).toMatchObject({ abandoned: 1, timedOut: 1 });
  });

  it('leave no acknowledgement waited for', async () => {
    const hangUp = new AbortController();
    const path = '/api/2/things/x:car/attributes?requested-acks=my:ack&timeout=60s';
    const put = { method: 'PUT', body: '{}', headers: { ...headers, 'content-type': 'application/json' } };
    const first = fetch(api.url + path, { ...put, signal: hangUp.signal });
    const ack = (label: string) => api.acks.receive('c-1', { label, status: 204, headers: {} });
    await until(() => ack('other'));
    hangUp.abort();
    await expect(first).rejects.toMatchObject(ABORTED);
    await until(() => !ack('other'));
  });
});
