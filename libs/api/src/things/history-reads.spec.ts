import { ask, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

type Headers = Readonly<Record<string, string>>;

const CAR = '/api/2/things/org.example:car';
const GRANT = { grant: ['READ'], revoke: [] };

const send = (verb: Verb, path: string, body?: unknown, headers: Headers = {}, user?: string) =>
  ask(api, verb, path, body, user).set(headers);

const at = (revision: number, path = '', user = 'ditto') =>
  send('get', CAR + path, undefined, { 'at-historical-revision': String(revision) }, user);

async function untilLater(): Promise<string> {
  const start = Date.now();
  while (Date.now() === start) await new Promise((resolve) => setImmediate(resolve));
  return new Date(start + 1).toISOString();
}

beforeEach(async () => {
  api = await openHttpApi();
  await send('put', CAR, { attributes: { n: 1 }, features: { lamp: { properties: { on: true } } } }).expect(201);
  await send('patch', CAR, { attributes: { n: 2, secret: 's' } }, { 'x-reason': 'why' }).expect(204);
  await send('delete', `${CAR}/features/lamp`).expect(204);
});
afterEach(() => api.close());

describe('Things: Historical read', () => {
  it('answers what the thing was, with its tag and revision of then', async () => {
    const first = await at(1).expect(200);
    expect(first.body).toMatchObject({ attributes: { n: 1 }, features: { lamp: { properties: { on: true } } } });
    expect(first.headers).toMatchObject({
      etag: '"rev:1"',
      'entity-revision': '1',
      'content-type': 'application/json',
    });
    expect((await at(2).expect(200)).body.attributes).toEqual({ n: 2, secret: 's' });
    expect((await at(3).expect(200)).body).not.toHaveProperty('features.lamp');
  });

  it('answers parts, fields and hidden fields of then', async () => {
    await at(1, '/attributes/n').expect(200, '1');
    await at(2, '/features/lamp/properties/on').expect(200, 'true');
    expect((await at(1, '?fields=attributes/n,_revision').expect(200)).body).toEqual({
      attributes: { n: 1 },
      _revision: 1,
    });
    expect((await at(1, '/attributes/secret').expect(404)).body.error).toBe('things:attribute.notfound');
  });

  it('looks before a timestamp, as header and as query parameter', async () => {
    const before = await untilLater();
    await send('put', `${CAR}/attributes/n`, 3).expect(204);
    const then = await send('get', CAR, undefined, { 'at-historical-timestamp': before }).expect(200);
    expect(then.body.attributes.n).toBe(2);
    const query = `?at-historical-timestamp=${encodeURIComponent(before)}`;
    expect((await send('get', CAR + query).expect(200)).body.attributes.n).toBe(2);
    expect((await send('get', `${CAR}?at-historical-revision=1`).expect(200)).body.attributes.n).toBe(1);
  });

  it('tells the configured headers of what led there', async () => {
    const second = await at(2).expect(200);
    expect(JSON.parse(String(second.headers['historical-headers']))).toEqual({
      'ditto-originator': 'nginx:ditto',
      'X-Reason': 'why',
    });
    const first = await at(1).expect(200);
    expect(JSON.parse(String(first.headers['historical-headers']))).toEqual({ 'ditto-originator': 'nginx:ditto' });
    expect((await send('get', CAR)).headers).not.toHaveProperty('historical-headers');
  });

  it.each(['0', '-1', '4', '9223372036854775807'])('has no revision %s', async (revision) => {
    const response = await send('get', CAR, undefined, { 'at-historical-revision': revision }).expect(404);
    expect(response.body).toMatchObject({ status: 404, error: 'things:thing.history.notfound' });
  });

  it.each(['1970-01-01T00:00:01Z', '2999-12-31T00:00:00Z'])('has nothing at %s', async (timestamp) => {
    const response = await send('get', CAR, undefined, { 'at-historical-timestamp': timestamp }).expect(404);
    expect(response.body.error).toBe('things:thing.history.notfound');
  });

  it.each([
    ['at-historical-revision', 'x'],
    ['at-historical-revision', '1.5'],
    ['at-historical-timestamp', 'yesterday'],
    ['at-historical-timestamp', '2026-02-30T00:00:00Z'],
  ])('refuses %s: %s', async (name, value) => {
    const response = await send('get', CAR, undefined, { [name]: value }).expect(400);
    expect(response.body.error).toBe('header.invalid');
  });

  it('holds conditions and tags to the thing of then', async () => {
    const header = (name: string, value: string) =>
      send('get', CAR, undefined, { 'at-historical-revision': '1', [name]: value });
    await header('condition', 'eq(attributes/n,1)').expect(200);
    await header('condition', 'eq(attributes/n,2)').expect(412);
    await header('if-none-match', '"rev:1"').expect(304);
    await header('if-none-match', '"rev:3"').expect(200);
    await header('if-match', '"rev:3"').expect(412);
  });

  it('reads under today’s policy', async () => {
    await at(1, '', 'other').expect(404);
    const entry = (resources: unknown) => ({ subjects: { 'nginx:other': { type: 'test' } }, resources });
    const path = '/api/2/policies/org.example:car/entries/other';
    await send('put', path, entry({ 'thing:/attributes/n': GRANT })).expect(201);
    expect((await at(2, '', 'other').expect(200)).body).toEqual({ thingId: 'org.example:car', attributes: { n: 2 } });
    await send('delete', path).expect(204);
    expect((await at(2, '', 'other').expect(404)).body.error).toBe('things:thing.notfound');
  });

  it('has nothing of a deleted thing, and all of it again when it is created again', async () => {
    await send('delete', CAR).expect(204);
    expect((await at(1).expect(404)).body.error).toBe('things:thing.notfound');
    await send('put', CAR, { policyId: 'org.example:car', attributes: { n: 5 } }).expect(201);
    expect((await at(1).expect(200)).body.attributes).toEqual({ n: 1 });
    expect((await at(4).expect(404)).body.error).toBe('things:thing.history.notfound');
    expect((await at(5).expect(200)).body.attributes).toEqual({ n: 5 });
  });

  it('looks into the past of several things, those that were not yet left out', async () => {
    await send('put', '/api/2/things/org.example:late', {}).expect(201);
    const header = { 'at-historical-revision': '2' };
    const path = '/api/2/things?ids=org.example:late,org.example:car&fields=attributes';
    expect((await send('get', path, undefined, header).expect(200)).body).toEqual([
      { attributes: { n: 2, secret: 's' } },
    ]);
  });

  it('does not concern changes', async () => {
    await send('put', `${CAR}/attributes/n`, 9, { 'at-historical-revision': '1' }).expect(204);
    expect((await send('get', `${CAR}/attributes/n`).expect(200)).text).toBe('9');
  });
});
