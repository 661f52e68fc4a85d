import request from 'supertest';
import { parseNamespaceRules } from '@gemel/model/authentication';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

const RULES = parseNamespaceRules([
  {
    conditions: ["{{ header:x-tenant | fn:filter('eq','one') }}"],
    allowedNamespaces: ['org.one', 'org.shared.*'],
    blockedNamespaces: ['org.shared.secret'],
  },
  { conditions: ["{{ header:x-tenant | fn:filter('eq','all') }}"] },
]);
const NOT_ACCESSIBLE = 'gateway:namespace.notaccessible';

beforeEach(async () => {
  const namespaces = { rules: RULES, defaultNamespace: 'org.eclipse.ditto', clock: { now: () => Date.now() } };
  api = await openHttpApi(undefined, { namespaces });
  for (const id of ['org.one:a', 'org.two:b', 'org.shared.x:c']) await put(`/api/2/things/${id}`, 'all').expect(201);
});

afterEach(() => api.close());

const get = (path: string, tenant = 'one') => request(api.url).get(path).auth('ditto', 'ditto').set('x-tenant', tenant);
const put = (path: string, tenant = 'one', body = '{}') =>
  request(api.url)
    .put(path)
    .auth('ditto', 'ditto')
    .set({ 'x-tenant': tenant, 'content-type': 'application/json' })
    .send(body);
const post = (path: string, tenant = 'one', type = 'application/json', body = '{}') =>
  request(api.url).post(path).auth('ditto', 'ditto').set({ 'x-tenant': tenant, 'content-type': type }).send(body);
const idsOf = (items: readonly { readonly thingId: string }[]) => items.map(({ thingId }) => thingId);

describe('Namespace access rules', () => {
  it('refuse things and policies elsewhere, before anything else is looked at', async () => {
    await get('/api/2/things/org.one:a').expect(200);
    await get('/api/2/things/org.shared.x:c/attributes').expect(404);
    const response = await get('/api/2/things/org.two:b').expect(403);
    expect(response.body).toEqual({
      status: 403,
      error: NOT_ACCESSIBLE,
      message: "You may not use the namespace 'org.two'.",
      description: 'The configuration says which credentials may use it.',
    });
    await put('/api/2/things/org.two:b', 'one', 'no JSON').expect(403);
    await put('/api/2/things/org.shared.secret:b').expect(403);
    await get('/api/2/policies/org.two:b/entries').expect(403);
    await post('/api/2/things/org.two:b/inbox/messages/ask').expect(403);
    await get('/api/2/things/nothing').expect(400);
  });

  it('refuse everything to whom no rule lets in, and say who they are nevertheless', async () => {
    await get('/api/2/things/org.one:a', 'none').expect(403);
    expect((await get('/api/2/search/things', 'none').expect(200)).body.items).toEqual([]);
    await get('/api/2/whoami', 'none').expect(200);
  });

  it('hold lists to what they name', async () => {
    await get('/api/2/things?ids=org.one:a').expect(200);
    await get('/api/2/things?ids=org.one:a,org.two:b').expect(403);
    expect(idsOf((await get('/api/2/things').expect(200)).body)).toEqual(['org.one:a']);
    expect(idsOf((await get('/api/2/things', 'all').expect(200)).body)).toHaveLength(3);
    await get('/api/2/things?namespaces=org.two').expect(403);
  });

  it('hold searches to the namespaces that they name exactly, or that the caller asks for', async () => {
    expect(idsOf((await get('/api/2/search/things').expect(200)).body.items)).toEqual(['org.one:a']);
    const shared = await get('/api/2/search/things?namespaces=org.shared.x').expect(200);
    expect(idsOf(shared.body.items)).toEqual(['org.shared.x:c']);
    expect((await get('/api/2/search/things?namespaces=org.two').expect(403)).body.error).toBe(NOT_ACCESSIBLE);
    expect((await get('/api/2/search/things/count').expect(200)).body).toBe(1);
    const form = 'application/x-www-form-urlencoded';
    await post('/api/2/search/things', 'one', form, 'namespaces=org.two').expect(403);
    expect(idsOf((await post('/api/2/search/things', 'one', form, '').expect(200)).body.items)).toEqual(['org.one:a']);
  });

  it('hold a cursor to them that was given to somebody else', async () => {
    const page = '/api/2/search/things?option=size(1)';
    const { cursor } = (await get(page, 'all').expect(200)).body;
    expect((await get(`${page},cursor(${cursor})`, 'all').expect(200)).body.items).toHaveLength(1);
    expect((await get(`${page},cursor(${cursor})`).expect(200)).body.items).toEqual([]);
    const inTwo = (await get(`${page}&namespaces=org.shared.x,org.two`, 'all').expect(200)).body.cursor;
    expect((await get(`${page},cursor(${inTwo})`).expect(403)).body.error).toBe(NOT_ACCESSIBLE);
    expect((await get(`/api/2/things?option=size(1),cursor(${inTwo})`).expect(403)).body.error).toBe(NOT_ACCESSIBLE);
  });

  it('hold creations without an id to their namespace', async () => {
    await post('/api/2/things').expect(403);
    await post('/api/2/things?namespace=org.one').expect(201);
    await post('/api/2/policies').expect(403);
  });

  it('hold cloud events to the namespace of what they are about', async () => {
    const send = (topic: string, tenant?: string) => {
      const command = { topic, path: '/attributes/n', value: 1 };
      const event = { 'ce-id': '1', 'ce-source': 's', 'ce-type': 't', 'ce-specversion': '1.0' };
      return post('/api/2/cloudevents', tenant, 'application/json', JSON.stringify(command)).set(event);
    };
    await send('org.one/a/things/twin/commands/modify').expect(202);
    const refused = await send('org.two/b/things/twin/commands/modify').expect(403);
    expect(refused.body.error).toBe(NOT_ACCESSIBLE);
    await send('org.two/b/policies/commands/delete').expect(403);
    await send('org.one/a/things/twin/commands/modify', 'none').expect(403);
    await send('org.two/b/things/twin/commands/modify', 'all').expect(202);
  });

  it('refuse compositions, which may hold anything, to all who may not reach all namespaces', async () => {
    for (const path of ['twins', 'twins/org.one:a', 'twins/org.one:a/tree', 'types?roots=true']) {
      expect((await get(`/api/2/${path}`).expect(403)).body.error).toBe(NOT_ACCESSIBLE);
    }
    await post('/api/2/twins/org.one:a/duplicate').expect(403);
    await post('/api/2/types/org.one:a/instances?dryRun=true').expect(403);
    await get('/api/2/twins/org.one:a/tree', 'all').expect(200);
    await get('/api/2/twins?roots=true', 'all').expect(200);
  });

  it('hold streams to what they name', async () => {
    const accept = { accept: 'text/event-stream' };
    await get('/api/2/things?namespaces=org.two').set(accept).expect(403);
    await get('/api/2/things?ids=org.two:b').set(accept).expect(403);
    await get('/api/2/search/things?namespaces=org.two').set(accept).expect(403);
  });

  it('leave what names nothing to callers who may reach everything', async () => {
    expect((await get('/api/2/policies').expect(403)).body.message).toBe(
      'You may not use the namespaces that this is about.',
    );
    expect((await get('/api/2/policies', 'all')).status).not.toBe(403);
  });
});
