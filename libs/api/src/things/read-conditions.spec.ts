import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const CAR = '/api/2/things/x:car';
const FAILED = { status: 412, body: { error: 'things:condition.failed' } };

beforeEach(async () => {
  api = await openHttpApi();
  await call(api, 'PUT', CAR, { attributes: { speed: 1, secret: 7 } });
  await call(api, 'PUT', '/api/2/policies/x:car/entries/guest', {
    subjects: { 'nginx:other': { type: 'guest' } },
    resources: {
      'thing:/attributes': { grant: ['READ'], revoke: [] },
      'thing:/attributes/secret': { grant: [], revoke: ['READ'] },
    },
  });
});
afterEach(() => api.close());

const get = (path: string, condition: string, user = 'other', headers: Readonly<Record<string, string>> = {}) =>
  call(api, 'GET', `${CAR}${path}?condition=${encodeURIComponent(condition)}`, undefined, { user, headers });

describe('Things: Conditions on reads', () => {
  it.each(['', '/attributes', '/attributes/speed', '/attributes/none'])(
    'need READ on what they name, whatever it is: %s',
    async (path) => {
      for (const condition of [
        'eq(attributes/secret,7)',
        'ne(attributes/secret,8)',
        'not(exists(attributes/secret))',
        'or(eq(attributes/speed,1),exists(attributes/secret))',
        'exists(policyId)',
        'exists(features/lamp)',
      ])
        expect(await get(path, condition)).toMatchObject(FAILED);
    },
  );

  it('hold or do not for who may', async () => {
    expect(await get('/attributes', 'eq(attributes/speed,1)')).toMatchObject({ status: 200, body: { speed: 1 } });
    expect(await get('/attributes', 'eq(attributes/speed,2)')).toMatchObject(FAILED);
    expect(await get('', 'eq(attributes/secret,7)', 'ditto')).toMatchObject({ status: 200 });
    expect(await get('', 'nonsense')).toMatchObject({ status: 400, body: { error: 'things:condition.invalid' } });
  });

  it('come after entity tags, but what they name comes before', async () => {
    const spared = { 'if-none-match': '"rev:1"' };
    expect(await get('', 'eq(attributes/speed,2)', 'other', spared)).toMatchObject({ status: 304 });
    expect(await get('', 'exists(attributes/secret)', 'other', spared)).toMatchObject(FAILED);
  });

  it('tell nothing about a thing that is not there for the caller', async () => {
    await call(api, 'DELETE', '/api/2/policies/x:car/entries/guest');
    expect(await get('', 'exists(attributes/secret)')).toMatchObject({
      status: 404,
      body: { error: 'things:thing.notfound' },
    });
  });

  it('of the live channel need READ, too', async () => {
    const path = `${CAR}?live-channel-condition=${encodeURIComponent('not(exists(attributes/secret))')}`;
    expect(await call(api, 'GET', path, undefined, { user: 'other' })).toMatchObject(FAILED);
    expect(api.live.hub.counters().commands).toBe(0);
  });
});

describe('Things and policies: reads that nobody waits for', () => {
  it.each([
    [`${CAR}?response-required=false`],
    [`${CAR}/attributes/none?response-required=false`],
    [`${CAR}?timeout=0`],
    ['/api/2/things/x:none?response-required=false'],
    ['/api/2/policies/x:car?response-required=false'],
    ['/api/2/policies/x:car/entries/guest/subjects?timeout=0'],
  ])('GET %s is 202 without a body', async (path) => {
    expect(await call(api, 'GET', path)).toMatchObject({ status: 202, text: '' });
  });

  it('are refused when they are none', async () => {
    const refused = (path: string) => call(api, 'GET', path);
    expect(await refused(`${CAR}?response-required=maybe`)).toMatchObject({ status: 400 });
    expect(await refused('/api/2/things/nothing?response-required=false')).toMatchObject({ status: 400 });
    expect(await refused(`${CAR}?response-required=true&timeout=0`)).toMatchObject({ status: 400 });
  });

  it('of lists and searches are answered all the same', async () => {
    for (const path of ['/search/things', '/search/things/count', '/things?ids=x:car', '/policies', '/things'])
      expect(
        (await call(api, 'GET', `/api/2${path}${path.includes('?') ? '&' : '?'}response-required=false`)).status,
      ).toBe(200);
  });
});
