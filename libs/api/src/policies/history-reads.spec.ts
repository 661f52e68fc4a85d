import { ALL, ask, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

const POLICY = '/api/2/policies/org.example:p';
const OWNER = { subjects: { 'nginx:ditto': { type: 't' } }, resources: { 'policy:/': ALL } };

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, path, body, user);

const at = (revision: number, path = '', user = 'ditto') =>
  send('get', POLICY + path, undefined, user).set('at-historical-revision', String(revision));

beforeEach(async () => {
  api = await openHttpApi();
  await send('put', POLICY, { entries: { owner: OWNER } }).expect(201);
  await send('put', `${POLICY}/entries/guest`, {
    subjects: { 'nginx:other': { type: 't' } },
    resources: { 'policy:/entries/guest': { grant: ['READ'], revoke: [] } },
  }).expect(201);
  await send('delete', `${POLICY}/entries/guest/subjects/nginx:other`).expect(204);
});
afterEach(() => api.close());

describe('Policies: History read', () => {
  it('answers what the policy was, its parts and hidden fields, with the tag of then', async () => {
    const first = await at(1).expect(200);
    expect(Object.keys(first.body.entries)).toEqual(['owner']);
    expect(first.headers).toMatchObject({ etag: '"rev:1"', 'entity-revision': '1' });
    expect(JSON.parse(String(first.headers['historical-headers']))).toEqual({});
    expect((await at(2, '/entries/guest/subjects').expect(200)).body).toEqual({ 'nginx:other': { type: 't' } });
    expect((await at(2, '?fields=_revision').expect(200)).body).toEqual({ _revision: 2 });
    expect((await at(1, '/entries/guest').expect(404)).body.error).toBe('policies:entry.notfound');
    expect((await at(3).expect(200)).body.entries.guest.subjects).toEqual({});
  });

  it.each([0, -1, 4])('has no revision %i', async (revision) => {
    expect((await at(revision).expect(404)).body).toMatchObject({
      status: 404,
      error: 'policies:policy.history.notfound',
    });
  });

  it('has nothing of the future and of the time before', async () => {
    for (const timestamp of ['2999-01-01T00:00:00Z', '1970-01-01T00:00:01Z']) {
      const response = await send('get', POLICY).set('at-historical-timestamp', timestamp).expect(404);
      expect(response.body.error).toBe('policies:policy.history.notfound');
    }
    expect((await send('get', `${POLICY}?at-historical-timestamp=x`).expect(400)).body.error).toBe('header.invalid');
  });

  it('is read under the policy of today', async () => {
    expect((await at(2, '', 'other').expect(404)).body.error).toBe('policies:policy.notfound');
    await send('put', `${POLICY}/entries/guest/subjects/nginx:other`, { type: 't' }).expect(201);
    const seen = await at(2, '', 'other').expect(200);
    expect(Object.keys(seen.body.entries)).toEqual(['guest']);
  });

  it('has nothing of a deleted policy', async () => {
    await send('delete', POLICY).expect(204);
    expect((await at(1).expect(404)).body.error).toBe('policies:policy.notfound');
  });
});
