import type { JsonObject, JsonValue } from '@gemel/model/json';
import { call, openApiWithCars, SPOKEN_CONNECTION, spokenConnections, textAt } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

const idIn = (created: JsonObject | undefined): string => textAt(created?.['value'], 'subscriptionId');

let api: OpenHttpApi;
const { connect, connectAs, next } = spokenConnections(() => api);

beforeEach(async () => {
  api = await openApiWithCars();
});

afterEach(() => api.close());

describe('questions over a source', () => {
  const search = (action: string, value?: JsonObject, more: JsonObject = {}): JsonObject => ({
    topic: `_/_/things/twin/search/${action}`,
    path: '/',
    headers: { 'correlation-id': 's-1' },
    ...(value === undefined ? {} : { value }),
    ...more,
  });
  const streaming = (action: string, value: JsonObject = {}): JsonObject => ({
    topic: `example/car1/things/twin/streaming/${action}`,
    path: '/',
    headers: { 'correlation-id': 'h-1' },
    value,
  });

  it('find things page by page, as they are asked for', async () => {
    const ask = await connect();
    const value = { filter: 'gt(attributes/n,1)', options: 'size(2),sort(-attributes/n)', namespaces: ['example'] };
    await ask(search('subscribe', value, { fields: 'thingId,attributes' }));
    const [created] = await next('answers', 1);
    const subscriptionId = idIn(created);
    expect(created).toEqual({
      topic: '_/_/things/twin/search/created',
      headers: { 'correlation-id': 's-1', 'content-type': 'application/json', version: 2 },
      path: '/',
      value: { subscriptionId },
    });
    await ask(search('request', { subscriptionId, demand: 1 }));
    expect((await next('answers', 2))[1]).toMatchObject({
      topic: '_/_/things/twin/search/next',
      value: {
        subscriptionId,
        items: [
          { thingId: 'example:car1', attributes: { n: 10 } },
          { thingId: 'example:car3', attributes: { n: 3 } },
        ],
      },
    });
    await ask(search('request', { subscriptionId, demand: 5 }));
    const [, , last, complete] = await next('answers', 4);
    expect(last).toMatchObject({ value: { items: [{ thingId: 'example:car2' }] } });
    expect(complete).toMatchObject({ topic: '_/_/things/twin/search/complete', value: { subscriptionId } });
  });

  it('fail as a search does, and as a subscription does', async () => {
    const ask = await connect();
    await ask(search('subscribe', { filter: 'nonsense(' }));
    const [created] = await next('answers', 1);
    await ask(search('request', { subscriptionId: idIn(created), demand: 1 }));
    expect((await next('answers', 2))[1]).toMatchObject({
      topic: '_/_/things/twin/search/failed',
      value: { error: { status: 400, error: 'rql.expression.invalid' } },
    });
    await ask(search('request', { subscriptionId: 'none', demand: 1 }));
    expect((await next('answers', 3))[2]).toMatchObject({
      value: { subscriptionId: 'none', error: { status: 404, error: 'thing-search:subscription.not.found' } },
    });
  });

  it.each<[JsonObject, string]>([
    [search('request', { demand: 1 }), 'json.field.missing'],
    [search('request', { subscriptionId: 7, demand: 1 }), 'json.invalid'],
    [search('cancel', { subscriptionId: '__proto__' }), 'thing-search:subscription.not.found'],
    [streaming('cancel', { subscriptionId: 'x' }), 'streaming.subscription.not.found'],
    [search('next', {}), 'protocoladapter:unknown.signal'],
  ])('are refused with %j', async (message, error) => {
    const ask = await connect();
    await expect(ask(message)).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(await next('answers', 1)).toMatchObject([{ value: { error } }]);
  });

  it('retrieve several things, those that may be read', async () => {
    const ask = await connect();
    const topic = '_/_/things/twin/commands/retrieve';
    const thingIds = ['example:car3', 'example:none', 'example:car1'];
    await ask({ topic, path: '/', headers: { 'correlation-id': 'r-1' }, fields: 'thingId', value: { thingIds } });
    expect(await next('answers', 1)).toEqual([
      {
        topic,
        path: '/',
        headers: { 'correlation-id': 'r-1', 'content-type': 'application/json', version: 2 },
        status: 200,
        value: [{ thingId: 'example:car3' }, { thingId: 'example:car1' }],
      },
    ]);
  });

  it.each<[JsonObject, string]>([
    [{}, 'json.field.missing'],
    [{ thingIds: 'example:car1' }, 'json.invalid'],
    [{ thingIds: ['no id'] }, 'things:id.invalid'],
  ])('do not retrieve %j', async (value, error) => {
    const ask = await connect();
    await expect(ask({ topic: '_/_/things/twin/commands/retrieve', path: '/', value })).rejects.toMatchObject({
      code: 'gemel:message.unacceptable',
    });
    expect(await next('answers', 1)).toMatchObject([{ value: { error } }]);
  });

  it('tell what happened to a thing, event by event', async () => {
    const ask = await connect();
    await ask(streaming('subscribeForPersistedEvents', { fromHistoricalRevision: 1 }));
    const [created] = await next('answers', 1);
    expect(created).toMatchObject({ topic: 'example/car1/things/twin/streaming/created' });
    const subscriptionId = idIn(created);
    await ask(streaming('request', { subscriptionId, demand: 10 }));
    const [, first, second, complete] = await next('answers', 4);
    expect(first).toMatchObject({
      topic: 'example/car1/things/twin/streaming/next',
      value: {
        subscriptionId,
        item: { topic: 'example/car1/things/twin/events/created', path: '/', revision: 1 },
      },
    });
    expect(second).toMatchObject({
      value: {
        item: { topic: 'example/car1/things/twin/events/modified', path: '/attributes/n', value: 10, revision: 2 },
      },
    });
    expect(complete).toMatchObject({ topic: 'example/car1/things/twin/streaming/complete' });
  });

  it('tell only the events that a filter names', async () => {
    const ask = await connect();
    await ask(streaming('subscribeForPersistedEvents', { filter: 'eq(topic:action,"modified")' }));
    const subscriptionId = idIn((await next('answers', 1))[0]);
    await ask(streaming('request', { subscriptionId, demand: 10 }));
    const [, only, complete] = await next('answers', 3);
    expect(only).toMatchObject({ value: { item: { revision: 2 } } });
    expect(complete).toMatchObject({ topic: 'example/car1/things/twin/streaming/complete' });
  });

  it('fail for a thing that is not there', async () => {
    const ask = await connect();
    const topic = 'example/none/things/twin/streaming/subscribeForPersistedEvents';
    await ask({ topic, path: '/', value: {} });
    const subscriptionId = idIn((await next('answers', 1))[0]);
    await ask({ topic: 'example/none/things/twin/streaming/request', path: '/', value: { subscriptionId, demand: 1 } });
    expect((await next('answers', 2))[1]).toMatchObject({
      value: { error: { status: 404, error: 'things:thing.notfound' } },
    });
  });
});

describe('questions about policies over a source', () => {
  const POLICY = 'example/car1/policies';
  const stream = (action: string, value: JsonObject = {}): JsonObject => ({
    topic: `${POLICY}/streaming/${action}`,
    path: '/',
    headers: { 'correlation-id': 'p-1' },
    value,
  });
  const check = (value?: JsonValue): JsonObject => ({
    topic: '_/_/policies/commands/checkPermissions',
    path: '/',
    headers: { 'correlation-id': 'p-2' },
    ...(value === undefined ? {} : { value }),
  });
  const entry = (subject: string, path: string, grant: readonly string[]): JsonObject => ({
    subjects: { [subject]: { type: 'test' } },
    resources: { [path]: { grant, revoke: [] } },
  });
  const put = async (path: string, body: JsonObject) =>
    expect((await call(api, 'PUT', `/api/2/policies/example:car1/${path}`, body)).status).toBeLessThan(300);
  const readersOf = (subject: string): JsonObject => ({
    sources: [{ ...SPOKEN_CONNECTION.sources[0], authorizationContext: [subject] }],
  });

  it('tell what happened to a policy, event by event', async () => {
    await put('entries/guest', entry('test:guest', 'policy:/entries/guest', ['READ']));
    const ask = await connect();
    await ask(stream('subscribeForPersistedEvents', { fromHistoricalRevision: 1 }));
    const [created] = await next('answers', 1);
    expect(created).toMatchObject({ topic: `${POLICY}/streaming/created`, headers: { 'correlation-id': 'p-1' } });
    const subscriptionId = idIn(created);
    await ask(stream('request', { subscriptionId, demand: 10 }));
    const [, first, second, complete] = await next('answers', 4);
    expect(first).toMatchObject({
      topic: `${POLICY}/streaming/next`,
      value: {
        subscriptionId,
        item: { topic: `${POLICY}/events/created`, path: '/', revision: 1, value: { policyId: 'example:car1' } },
      },
    });
    expect(second).toMatchObject({
      value: { item: { topic: `${POLICY}/events/created`, path: '/entries/guest', revision: 2 } },
    });
    expect(complete).toMatchObject({ topic: `${POLICY}/streaming/complete`, value: { subscriptionId } });
  });

  it('tell of a policy only what may be read of it', async () => {
    await put('entries/guest', entry('nginx:guest', 'policy:/entries/guest', ['READ']));
    await put('entries/other', entry('nginx:other', 'thing:/', ['READ']));
    const ask = await connectAs('nginx:guest', readersOf('nginx:guest'));
    await ask(stream('subscribeForPersistedEvents'));
    await ask(stream('request', { subscriptionId: idIn((await next('answers', 1))[0]), demand: 10 }));
    const [, first, second, complete] = await next('answers', 4);
    expect(first).toMatchObject({ value: { item: { revision: 1, value: { policyId: 'example:car1' } } } });
    expect(JSON.stringify(first)).not.toContain('entries');
    expect(second).toMatchObject({ value: { item: { path: '/entries/guest', revision: 2 } } });
    expect(complete).toMatchObject({ topic: `${POLICY}/streaming/complete` });
  });

  it.each([
    ['is not there', 'example/none/policies', 'nginx:ditto'],
    ['may not be read', POLICY, 'nginx:stranger'],
  ])('fail for a policy that %s', async (_why, topic, subject) => {
    const ask = await connectAs(subject, readersOf(subject));
    const about = { path: '/', headers: {} };
    await ask({ ...about, topic: `${topic}/streaming/subscribeForPersistedEvents`, value: {} });
    const subscriptionId = idIn((await next('answers', 1))[0]);
    await ask({ ...about, topic: `${topic}/streaming/request`, value: { subscriptionId, demand: 1 } });
    expect((await next('answers', 2))[1]).toMatchObject({
      topic: `${topic}/streaming/failed`,
      value: { error: { status: 404, error: 'policies:policy.notfound' } },
    });
  });

  it('check permissions', async () => {
    const ask = await connect();
    await ask(
      check({
        own: { resource: 'thing:/attributes', entityId: 'example:car1', hasPermissions: ['READ', 'WRITE'] },
        none: { resource: 'policy:/', entityId: 'example:none', hasPermissions: ['READ'] },
      }),
    );
    expect(await next('answers', 1)).toEqual([
      {
        topic: '_/_/policies/commands/checkPermissions',
        path: '/',
        headers: { 'correlation-id': 'p-2', 'content-type': 'application/json', version: 2 },
        status: 200,
        value: { own: true, none: false },
      },
    ]);
  });

  it.each<[JsonValue | undefined, string]>([
    [undefined, 'json.field.missing'],
    [7, 'json.invalid'],
    [{ a: { resource: 'nothing', entityId: '__proto__', hasPermissions: [] } }, 'json.invalid'],
  ])('do not check %j', async (value, error) => {
    const ask = await connect();
    await expect(ask(check(value))).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(await next('answers', 1)).toMatchObject([{ status: 400, value: { error } }]);
  });
});
