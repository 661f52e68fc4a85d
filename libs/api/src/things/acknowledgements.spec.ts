import { parseSubjectId } from '@gemel/model/policies';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const CAR = '/api/2/things/org.example:car';
const ID = { 'correlation-id': 'c-1' };
const anyText = expect.any(String) as string;

describe('Acknowledgements: Requesting', () => {
  it('twin-persisted alone gives the plain answer', async () => {
    const created = await call(api, 'PUT', `${CAR}?requested-acks=twin-persisted`, {});
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"rev:1"', location: api.url + CAR },
      body: { thingId: 'org.example:car' },
    });
  });

  it.each(['twin-persisted,search-persisted', '["twin-persisted","search-persisted"]'])(
    'several as %s give each under its label',
    async (labels) => {
      const created = await call(api, 'PUT', CAR, {}, { headers: { ...ID, 'requested-acks': labels } });
      expect(created).toMatchObject({ status: 200, headers: { ...ID, 'content-type': 'application/json' } });
      expect(created.body).toEqual({
        'twin-persisted': {
          status: 201,
          payload: { thingId: 'org.example:car', policyId: 'org.example:car' },
          headers: { ...ID, version: 2, etag: '"rev:1"', 'entity-revision': 1, location: api.url + CAR },
        },
        'search-persisted': { status: 204, headers: ID },
      });
      expect(Object.keys(created.body ?? {})).toEqual(['twin-persisted', 'search-persisted']);
    },
  );

  it('can be repeated as a query parameter', async () => {
    const path = `${CAR}?requested-acks=search-persisted&requested-acks=twin-persisted`;
    expect(Object.keys((await call(api, 'PUT', path, {})).body ?? {})).toEqual(['search-persisted', 'twin-persisted']);
  });

  it('search-persisted alone is 204, and the search finds the change then', async () => {
    expect(await call(api, 'PUT', CAR, {}, { headers: { 'requested-acks': 'search-persisted' } })).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await call(api, 'GET', '/api/2/search/things/count')).toMatchObject({ text: '1' });
  });

  it('a label that nobody answers is 408 alone and 424 among others', async () => {
    const timeout = {
      status: 408,
      error: 'acknowledgement:request.timeout',
      message: expect.stringContaining('50ms') as string,
    };
    expect(await call(api, 'PUT', `${CAR}?timeout=50ms&requested-acks=nobody`, {})).toMatchObject({
      status: 408,
      body: timeout,
    });
    expect(await call(api, 'PUT', `${CAR}?timeout=50ms&requested-acks=nobody,twin-persisted`, {})).toMatchObject({
      status: 424,
      body: { nobody: { status: 408, payload: timeout, headers: {} }, 'twin-persisted': { status: 204 } },
    });
  });

  it('a subscriber’s acknowledgement ends the waiting, and its event says what is asked for', async () => {
    const headers = { ...ID, 'requested-acks': 'twin-persisted,my:ack' };
    const answer = call(api, 'PUT', CAR, {}, { headers });
    const received = () => api.acks.receive('c-1', { label: 'my:ack', status: 200, payload: { ok: 1 }, headers: {} });
    while (!received()) await new Promise((resolve) => setImmediate(resolve));
    expect(await answer).toMatchObject({ status: 200, body: { 'my:ack': { status: 200, payload: { ok: 1 } } } });
    expect(await api.store.read((await api.store.end()) - 1, 1)).toMatchObject([
      { event: { headers: { 'requested-acks': ['my:ack'] } } },
    ]);
  });

  it('a device acknowledges in the Ditto Protocol what it was told of', async () => {
    const answer = call(api, 'PUT', CAR, {}, { headers: { ...ID, 'requested-acks': 'my:ack' } });
    while ((await api.store.end()) === 0) await new Promise((resolve) => setImmediate(resolve));
    const ack = async (user: string, more: object) => {
      const message = {
        topic: 'org.example/car/things/twin/acks/my:ack',
        path: '/',
        headers: ID,
        status: 503,
        ...more,
      };
      const payload = new TextEncoder().encode(JSON.stringify(message));
      await api.ingest.handle({ address: 'a', payload, subjects: [parseSubjectId(`nginx:${user}`)], headers: {} });
    };
    // Who has no right on the thing has no say; neither has who names another signal, or a label of the server.
    await ack('other', {});
    await ack('ditto', { headers: { 'correlation-id': 'c-2' } });
    await ack('ditto', { topic: 'org.example/car/things/twin/acks/twin-persisted' });
    await ack('ditto', { value: { why: 'full' } });
    expect(await answer).toMatchObject({ status: 503, body: { why: 'full' } });
    expect(api.failures.recent().map(({ code }) => code)).toEqual([
      'acknowledgement:ditto.acklabel.forbidden',
      'messages:send.notallowed',
    ]);
  });

  it('a refusal is answered at once and alone', async () => {
    expect(await call(api, 'PUT', `${CAR}/attributes/a?requested-acks=nobody,twin-persisted`, 1)).toMatchObject({
      status: 404,
      body: { error: 'things:thing.notfound' },
    });
  });

  it('a correlation id is for one waiting request', async () => {
    const headers = { ...ID, 'requested-acks': 'my:ack' };
    const first = call(api, 'PUT', CAR, {}, { headers });
    while (!(await call(api, 'GET', CAR)).text.includes('car')) await new Promise((resolve) => setImmediate(resolve));
    expect(await call(api, 'PUT', CAR, {}, { headers })).toMatchObject({
      status: 409,
      body: { error: 'acknowledgement:request.duplicate.correlation-id' },
    });
    api.acks.receive('c-1', { label: 'my:ack', status: 204, headers: {} });
    expect(await first).toMatchObject({ status: 204 });
  });

  it('POST can be acknowledged, too; reads and policies ignore it', async () => {
    const posted = await call(api, 'POST', '/api/2/things?requested-acks=twin-persisted,search-persisted', {});
    expect(posted).toMatchObject({
      status: 200,
      body: { 'twin-persisted': { status: 201, headers: { location: anyText } } },
    });
    await call(api, 'PUT', CAR, {});
    expect(await call(api, 'GET', `${CAR}?requested-acks=nobody`)).toMatchObject({ status: 200 });
    const policy = '/api/2/policies/org.example:car/entries/DEFAULT/importable?requested-acks=nobody';
    expect(await call(api, 'PUT', policy, 'never')).toMatchObject({ status: 204 });
  });
});

describe('Acknowledgements: Header interplay matrix', () => {
  beforeEach(async () => {
    await call(api, 'PUT', CAR, { attributes: {} });
  });

  it.each([
    ['response-required=false', 202],
    ['response-required=false&requested-acks=', 202],
    ['response-required=false&timeout=0', 202],
    ['timeout=0', 202],
    ['timeout=0&requested-acks=', 202],
    ['response-required=false&timeout=5s', 202],
    ['response-required=false&requested-acks=twin-persisted', 202],
    ['response-required=false&requested-acks=twin-persisted,search-persisted', 202],
    ['response-required=false&requested-acks=twin-persisted&timeout=0', 400],
    ['requested-acks=twin-persisted&timeout=0', 400],
    ['response-required=true&timeout=0', 400],
    ['response-required=true&requested-acks=&timeout=0', 400],
    ['response-required=true&requested-acks=', 204],
    ['requested-acks=[]', 204],
    ['response-required=true&requested-acks=twin-persisted', 204],
    ['response-required=true&requested-acks=twin-persisted,search-persisted', 200],
    ['requested-acks=ab', 400],
    ['requested-acks=["abc",1]', 400],
    ['timeout=60s', 204],
    ['timeout=60001ms', 400],
    ['timeout=1h', 400],
  ])('PUT with %s answers %i', async (query, status) => {
    const answer = await call(api, 'PUT', `${CAR}/attributes?${query}`, { a: 1 });
    expect(answer).toMatchObject({ status });
    if (status === 202) expect(answer.text).toBe('');
    expect((await call(api, 'GET', CAR)).headers['etag']).toBe(status === 400 ? '"rev:1"' : '"rev:2"');
  });

  it('tells somebody who wants no response which acknowledgements failed, and nothing else', async () => {
    const query = 'response-required=false&timeout=50ms&requested-acks';
    expect(await call(api, 'PUT', `${CAR}/attributes?${query}=twin-persisted,nobody`, {})).toMatchObject({
      status: 424,
      body: { 'twin-persisted': { status: 204, headers: {} }, nobody: { status: 408, headers: {} } },
    });
    expect(await call(api, 'PUT', `${CAR}/attributes?${query}=nobody`, {})).toMatchObject({ status: 408, text: '' });
  });

  it('refuses a read that waits for nothing', async () => {
    expect(await call(api, 'GET', `${CAR}?timeout=0&response-required=true`)).toMatchObject({
      status: 400,
      body: { error: 'header.invalid' },
    });
  });
});
