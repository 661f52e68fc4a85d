import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const CAR = '/api/2/things/x:car';

beforeEach(async () => {
  api = await openHttpApi();
  await call(api, 'PUT', CAR, { attributes: { n: 1 } });
  for (const n of [2, 3, 4]) await call(api, 'PUT', `${CAR}/attributes/n`, n, { headers: { 'x-reason': `r${n}` } });
  await call(api, 'PUT', `${CAR}/features`, { lamp: { properties: { on: true } } });
});
afterEach(() => api.close());

const stream = (path: string, user = 'ditto') =>
  call(api, 'GET', path, undefined, { user, headers: { accept: 'text/event-stream' } });
/** What a stream tells until it ends. */
async function told(path: string, user = 'ditto'): Promise<unknown[]> {
  const { status, headers, text } = await stream(path, user);
  expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
  return text
    .split('\n\n')
    .map((event) => event.replace(/^data:/, ''))
    .filter((data) => data.trim() !== '')
    .map((data) => JSON.parse(data) as unknown);
}
const FIELDS = 'fields=_revision,attributes';
const revisions = async (query: string) =>
  (await told(`${CAR}?${FIELDS}&${query}`)).map((event) => (event as { _revision: number })._revision);

describe('a stream of the past', () => {
  it('tells the events as a stream of changes does, and ends', async () => {
    expect(await told(`${CAR}?from-historical-revision=0`)).toEqual([
      { thingId: 'x:car', policyId: 'x:car', attributes: { n: 1 } },
      { thingId: 'x:car', attributes: { n: 2 } },
      { thingId: 'x:car', attributes: { n: 3 } },
      { thingId: 'x:car', attributes: { n: 4 } },
      { thingId: 'x:car', features: { lamp: { properties: { on: true } } } },
    ]);
  });

  it.each([
    ['from-historical-revision=2&to-historical-revision=4', [2, 3, 4]],
    ['from-historical-revision=-2', [4, 5]],
    ['from-historical-revision=-1', [5]],
    ['from-historical-revision=1&to-historical-revision=0', [1, 2, 3, 4, 5]],
    ['from-historical-revision=1&to-historical-revision=-3', [1, 2]],
    ['from-historical-revision=9', []],
    ['from-historical-revision=1&to-historical-revision=99', [1, 2, 3, 4, 5]],
    ['from-historical-timestamp=2020-01-01T00:00:00Z', [1, 2, 3, 4, 5]],
    ['from-historical-timestamp=2020-01-01T00:00:00Z&to-historical-timestamp=2021-01-01T00:00:00Z', []],
    ['from-historical-timestamp=2999-01-01T00:00:00Z', []],
    ['from-historical-revision=1&filter=gt(attributes/n,2)', [3, 4]],
    ['from-historical-revision=1&filter=exists(features/lamp)', [5]],
  ])('of %s has the revisions %j', async (query, expected) => {
    expect(await revisions(query)).toEqual(expected);
  });

  it('tells where in time an event is, what it was and which headers are kept', async () => {
    const [event] = await told(`${CAR}?from-historical-revision=3&to-historical-revision=3&fields=_modified,_context`);
    expect(event).toEqual({
      _modified: expect.stringMatching(/Z$/) as string,
      _context: {
        topic: 'x/car/things/twin/events/modified',
        path: '/attributes/n',
        value: 3,
        headers: {
          'content-type': 'application/json',
          'entity-revision': 3,
          version: 2,
          'historical-headers': { 'ditto-originator': 'nginx:ditto', 'X-Reason': 'r3' },
        },
      },
    });
  });

  it('of a part tells its values only', async () => {
    expect(await told(`${CAR}/attributes/n?from-historical-revision=0`)).toEqual([1, 2, 3, 4]);
  });

  it('of several things is that of the first', async () => {
    await call(api, 'PUT', '/api/2/things/x:bus', {});
    expect(await told('/api/2/things?ids=x:bus,x:car&from-historical-revision=0&fields=thingId')).toEqual([
      { thingId: 'x:bus' },
    ]);
  });

  it('shows what the caller may read today', async () => {
    expect((await stream(`${CAR}?from-historical-revision=0`, 'other')).status).toBe(404);
    await call(api, 'PUT', '/api/2/policies/x:car/entries/guest', {
      subjects: { 'nginx:other': { type: 'guest' } },
      resources: { 'thing:/features': { grant: ['READ'], revoke: [] } },
    });
    expect(await told(`${CAR}?from-historical-revision=0`, 'other')).toEqual([
      { thingId: 'x:car', features: { lamp: { properties: { on: true } } } },
    ]);
  });

  it.each([
    [`${CAR}?from-historical-revision=x`, 400, 'json.invalid'],
    [`${CAR}?from-historical-revision=`, 400, 'json.invalid'],
    [`${CAR}?from-historical-timestamp=yesterday`, 400, 'json.invalid'],
    [`${CAR}?from-historical-revision=1&to-historical-revision=1.5`, 400, 'json.invalid'],
    [`${CAR}?from-historical-revision=1&filter=nonsense`, 400, 'rql.expression.invalid'],
    ['/api/2/things?from-historical-revision=1', 400, 'things:things.ids.missing'],
    ['/api/2/things/x:none?from-historical-revision=1', 404, 'things:thing.notfound'],
    ['/api/2/things/nothing?from-historical-revision=1', 400, 'things:id.invalid'],
  ])('%s is refused with %i %s', async (path, status, error) => {
    expect(await stream(path)).toMatchObject({ status, body: { error } });
  });

  it('goes on where a portion ends', async () => {
    for (let n = 6; n <= 250; n++) await call(api, 'PUT', `${CAR}/attributes/n`, n);
    expect(await revisions('from-historical-revision=2')).toEqual(Array.from({ length: 249 }, (_, index) => index + 2));
  });
});
