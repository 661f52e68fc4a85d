import { ALL, ask, openHttpApi, READ } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, path, body, user);

const OWNED = '/api/2/policies/org.example:owned';
const OWNER = { subjects: { 'nginx:ditto': { type: 'user' } }, resources: { 'policy:/': ALL, 'thing:/': ALL } };
const GUEST = { subjects: { 'nginx:other': { type: 'guest' } }, resources: { 'thing:/attributes': READ } };

describe('a policy', () => {
  it('is created, read with its tag, replaced and deleted', async () => {
    const created = await send('put', OWNED, { entries: { owner: OWNER } }).expect(201);
    expect(created.headers).toMatchObject({ etag: '"rev:1"', location: api.url + OWNED });
    const read = await send('get', OWNED).expect(200);
    expect(read.body).toMatchObject({ policyId: 'org.example:owned', entries: { owner: OWNER } });
    await send('get', OWNED).set('if-none-match', '"rev:1"').expect(304);
    await send('put', OWNED, { entries: { owner: OWNER, guest: GUEST } }).expect(204);
    await send('put', OWNED, { entries: { owner: OWNER } })
      .set('if-match', '"rev:1"')
      .expect(412);
    await send('delete', OWNED).expect(204);
    await send('get', OWNED).expect(404);
  });

  it('is created by POST with an id of the default namespace', async () => {
    const created = await send('post', '/api/2/policies', { entries: { owner: OWNER } }).expect(201);
    expect(created.body.policyId).toMatch(/^org\.eclipse\.ditto:/);
    await send('get', new URL(String(created.headers['location'])).pathname).expect(200);
  });

  it('cannot be created so that its creator is locked out, unless that is wanted', async () => {
    await send('put', OWNED, { entries: { owner: OWNER } }, 'other').expect(403);
    await send('put', `${OWNED}?allow-policy-lockout=true`, { entries: { owner: OWNER } }, 'other').expect(201);
  });

  it('counts for things from the next request on', async () => {
    await send('put', OWNED, { entries: { owner: OWNER } }).expect(201);
    await send('put', '/api/2/things/a:b', { policyId: 'org.example:owned', attributes: { x: 1 } }).expect(201);
    await send('get', '/api/2/things/a:b', undefined, 'other').expect(404);
    await send('put', `${OWNED}/entries/guest`, GUEST).expect(201);
    const view = await send('get', '/api/2/things/a:b', undefined, 'other').expect(200);
    expect(view.body).toEqual({ thingId: 'a:b', attributes: { x: 1 } });
    await send('get', '/api/2/things/a:b/policyId', undefined, 'other').expect(404);
  });

  it.each([
    ['post', '/api/2/policies', { policyId: 'a:b', entries: { owner: OWNER } }, 400, 'policies:id.notsettable'],
    ['post', '/api/2/policies', 1, 400, 'json.invalid'],
    ['put', '/api/2/policies/nocolon', { entries: {} }, 400, 'policies:id.invalid'],
    ['get', OWNED, undefined, 404, 'policies:policy.notfound'],
    ['put', `${OWNED}/entries/x`, OWNER, 404, 'policies:policy.notfound'],
    ['delete', `${OWNED}/entries`, undefined, 405, 'gateway:method.notallowed'],
  ] as const)('refuses %s %s %j with %i', async (verb, path, body, status, code) => {
    const response = await send(verb, path, body).expect(status);
    expect(response.body.error).toBe(code);
  });
});

describe('the parts of a policy', () => {
  beforeEach(() => send('put', OWNED, { entries: { owner: OWNER, guest: GUEST } }).expect(201));

  it.each([
    ['/entries', { owner: OWNER, guest: GUEST }],
    ['/entries/guest/subjects', { 'nginx:third': { type: 'x' } }],
    ['/entries/guest/resources', { 'thing:/': READ }],
  ])('%s can be read and replaced', async (path, value) => {
    await send('get', OWNED + path).expect(200);
    await send('put', OWNED + path, value).expect(204);
    const read = await send('get', OWNED + path).expect(200);
    expect(read.body).toMatchObject(value);
  });

  it.each([
    ['/entries/third', GUEST],
    ['/entries/guest/subjects/nginx:third', { type: 'x' }],
    ['/entries/guest/subjects/nginx%3Athird', { type: 'x' }],
    ['/entries/guest/resources/thing:/features/a/properties', READ],
    ['/entries/guest/resources/thing:/', READ],
    ['/entries/guest/resources/policy:%2F', READ],
  ])('%s can be created, read, replaced and deleted', async (path, value) => {
    await send('get', OWNED + path).expect(404);
    await send('put', OWNED + path, value).expect(201);
    const read = await send('get', OWNED + path).expect(200);
    expect(read.body).toMatchObject(value);
    await send('put', OWNED + path, value).expect(204);
    await send('delete', OWNED + path).expect(204);
    await send('get', OWNED + path).expect(404);
  });

  it('say whether an entry may be imported', async () => {
    await send('put', `${OWNED}/entries/guest/importable`, 'never').expect(204);
    await send('get', `${OWNED}/entries/guest/importable`).expect(200, '"never"');
  });

  it('may not be written by those without WRITE', async () => {
    await send('put', `${OWNED}/entries/third`, GUEST, 'other').expect(403);
  });
});
