import type { JsonObject } from '@gemel/model/json';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
  for (const id of ['old.ns:a', 'old.ns:b', 'other:a'])
    await call(api, 'PUT', `/api/2/things/${id}`, { attributes: {} });
});
afterEach(() => api.close());

const EVERYBODY = '/system/distributedPubSubMediator';
const CLEANUP = '/user/thingsRoot/persistenceCleanup';
const SYNC = '/user/thingsWildcardSearchRoot/searchUpdaterRoot/backgroundSyncProxy';

function send(type: string, command: JsonObject, { path = '', target = EVERYBODY, aggregate = false } = {}) {
  const body = { targetActorSelection: target, headers: { aggregate }, piggybackCommand: { type, ...command } };
  return call(api, 'POST', `/devops/piggyback${path}`, body, { user: 'devops' });
}

const namespaces = (name: string, namespace: string, aggregate = false): Promise<Answer> =>
  send(`namespaces.commands:${name}`, { namespace }, { aggregate });
const found = async (): Promise<unknown> => (await call(api, 'GET', '/api/2/search/things/count')).body;

describe('Operations: Namespace erase', () => {
  it('goes by the steps of Ditto: block, shut down, purge, unblock', async () => {
    const namespace = 'old.ns';
    expect(await namespaces('blockNamespace', namespace)).toMatchObject({
      status: 200,
      body: { type: 'namespaces.responses:blockNamespace', status: 200, namespace, resourceType: 'namespaces' },
    });
    const reason = { type: 'purge-namespace', details: namespace };
    expect(await send('common.commands:shutdown', { reason })).toMatchObject({ status: 408, body: null });
    const purged = (resourceType: string) => ({
      type: 'namespaces.responses:purgeNamespace',
      status: 200,
      namespace,
      resourceType,
      successful: true,
    });
    expect((await namespaces('purgeNamespace', namespace, true)).body).toEqual({
      '?': { '?': purged('thing'), '?1': purged('policy'), '?2': purged('thing-search') },
    });
    expect((await namespaces('unblockNamespace', namespace)).body).toEqual({
      type: 'namespaces.responses:unblockNamespace',
      status: 200,
      namespace,
      resourceType: 'namespaces',
    });
    expect(await found()).toBe(1);
    for (const path of ['/api/2/things/old.ns:a', '/api/2/policies/old.ns:a'])
      expect((await call(api, 'GET', path)).status).toBe(404);
    expect((await call(api, 'GET', '/api/2/things/other:a')).status).toBe(200);
    expect((await call(api, 'PUT', '/api/2/things/old.ns:a', {})).status).toBe(201);
  });

  it.each([
    ['GET', '/api/2/things/old.ns:a', undefined],
    ['PUT', '/api/2/things/old.ns:a', {}],
    ['PUT', '/api/2/things/old.ns:new', {}],
    ['PUT', '/api/2/things/old.ns:a/attributes/x', 1],
    ['DELETE', '/api/2/things/old.ns:a', undefined],
    ['DELETE', '/api/2/policies/old.ns:a', undefined],
  ] as const)('%s %s is 409 while the namespace is blocked', async (method, path, body) => {
    await namespaces('blockNamespace', 'old.ns');
    expect(await call(api, method, path, body)).toMatchObject({ status: 409, body: { error: 'namespace.blocked' } });
    expect((await call(api, 'GET', '/api/2/things/other:a')).status).toBe(200);
    expect(await found()).toBe(3);
    await namespaces('unblockNamespace', 'old.ns');
    expect((await call(api, method, path, body)).status).toBeLessThan(300);
  });

  it.each([
    [{}, 'json.field.missing'],
    [{ namespace: 7 }, 'json.invalid'],
    [{ namespace: '' }, 'json.invalid'],
  ])('refuses %j', async (command, error) => {
    expect(await send('namespaces.commands:purgeNamespace', command)).toMatchObject({ status: 400, body: { error } });
    expect(await found()).toBe(3);
  });
});

describe('Operations: Background cleanup', () => {
  const clean = (entityId: unknown, target = '/system/sharding/thing', path = '/things') =>
    send('cleanup.sudo.commands:cleanupPersistence', { entityId } as JsonObject, { path, target });

  it('is done for one entity', async () => {
    expect((await clean('other:a')).body).toEqual({
      type: 'cleanup.sudo.responses:cleanupPersistence',
      status: 200,
      entityId: 'thing:other:a',
    });
    expect((await clean('other:a', '/system/sharding/policy', '/policies')).body).toMatchObject({
      entityId: 'policy:other:a',
    });
  });

  it.each([
    ['none', 'things:id.invalid'],
    [undefined, 'json.field.missing'],
    [7, 'json.invalid'],
  ])('of %j is refused with %s', async (entityId, error) => {
    expect((await clean(entityId)).body).toMatchObject({ payload: { error } });
  });

  it.each([
    ['status.commands:retrieveHealth', CLEANUP, '/things', { statusInfo: { status: 'UP' } }],
    ['common.commands:retrieveConfig', CLEANUP, '/things', { config: { enabled: true } }],
    ['status.commands:retrieveHealth', SYNC, '/search', { statusInfo: { status: 'UP' } }],
    ['common.commands:shutdown', SYNC, '/search', { type: 'common.responses:shutdown', status: 200 }],
    ['common.commands:modifyConfig', CLEANUP, '/things', { payload: { error: 'json.type.notparsable' } }],
    ['status.commands:retrieveHealth', CLEANUP, '/search', { payload: { error: 'json.type.notparsable' } }],
  ])('%s to %s', async (type, target, path, expected) => {
    expect(await send(type, {}, { path, target })).toMatchObject({ status: 200, body: expected });
  });
});
