import type { JsonObject, JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import { until } from '@gemel/testkit/contracts';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

const subjects = [parseSubjectId('nginx:ditto')];
const authorizationContext = ['nginx:ditto'];

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
  for (const n of [1, 2, 3]) await call(api, 'PUT', `/api/2/things/example:car${String(n)}`, { attributes: { n } });
  await call(api, 'PUT', '/api/2/things/example:car1/attributes/n', 10);
});

afterEach(() => api.close());

const BASE = {
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: 'tcp://broker:1883',
  sources: [{ addresses: ['in/#'], qos: 1, authorizationContext, replyTarget: { address: 'answers' } }],
};

/** A connection with one source and its answers; gives back its id. */
async function connected(change: JsonObject = {}): Promise<string> {
  const { body } = await call(api, 'POST', '/api/2/connections', { ...BASE, ...change }, { user: 'devops' });
  const id = textAt(body, 'id');
  await until(() => api.connections.brokers.open.has(id));
  return id;
}

async function change(id: string, to: JsonObject): Promise<void> {
  const before = api.connections.brokers.open.get(id);
  await call(api, 'PUT', `/api/2/connections/${id}`, { ...BASE, ...to }, { user: 'devops' });
  await until(() => ![undefined, before].includes(api.connections.brokers.open.get(id)));
}

async function receive(id: string, message: JsonObject, by: readonly SubjectId[] = subjects): Promise<void> {
  const payload = new TextEncoder().encode(JSON.stringify(message));
  const handler = api.connections.brokers.open.get(id)?.handler;
  if (handler === undefined) throw new Error(`${id} is not open`);
  await handler({ address: 'in/x', payload, subjects: by, headers: {}, source: 0 });
}

/** Gives back how messages come in. */
async function connect(change: JsonObject = {}) {
  const id = await connected(change);
  return (message: JsonObject): Promise<void> => receive(id, message);
}

async function connectAs(subject: string, change: JsonObject) {
  const id = await connected(change);
  return (message: JsonObject): Promise<void> => receive(id, message, [parseSubjectId(subject)]);
}

function textAt(json: JsonValue | undefined, name: string): string {
  const value = isJsonObject(json) ? json[name] : undefined;
  return typeof value === 'string' ? value : '';
}

const targetFor = (topics: readonly string[], change: JsonObject = {}): JsonObject => ({
  sources: [{ addresses: ['in/#'], qos: 1, authorizationContext, replyTarget: { enabled: false } }],
  targets: [{ address: 'out', topics, qos: 1, authorizationContext, ...change }],
});

const sentTo = (address: string): readonly JsonObject[] =>
  api.connections.brokers.published
    .filter((message) => message.address === address)
    .map(({ payload }) => JSON.parse(String(payload)) as JsonObject);

async function next(address: string, count: number): Promise<readonly JsonObject[]> {
  await until(() => sentTo(address).length >= count);
  return sentTo(address);
}

const ASK = { topic: 'example/car1/things/live/messages/ask', path: '/inbox/messages/ask' };

describe('a live message over a source', () => {
  const message = (headers: JsonObject = {}): JsonObject => ({
    ...ASK,
    headers: { 'correlation-id': 'c-1', 'content-type': 'text/plain', ...headers },
    value: 'how are you?',
  });
  const answer = (status: number, headers: JsonObject = {}): JsonObject => ({
    ...ASK,
    path: '/outbox/messages/ask',
    headers: { 'correlation-id': 'c-1', 'content-type': 'text/plain', ...headers },
    status,
    value: 'fine',
  });

  it('is answered at its reply target with what a device on another connection says', async () => {
    const [back, device] = [await connect(), await connect(targetFor(['_/_/things/live/messages']))];
    await back(message());
    const [asked] = await next('out', 1);
    expect(asked).toMatchObject({
      ...ASK,
      headers: { 'correlation-id': 'c-1', 'response-required': true, timeout: '60' },
      value: 'how are you?',
    });
    await device(answer(418));
    expect(await next('answers', 1)).toEqual([
      {
        topic: ASK.topic,
        path: '/outbox/messages/ask',
        headers: { 'correlation-id': 'c-1', 'content-type': 'text/plain', version: 2 },
        status: 418,
        value: 'fine',
      },
    ]);
  });

  it('is refused at its reply target when nobody answers in time', async () => {
    const back = await connect();
    await back(message({ timeout: '50ms' }));
    expect(await next('answers', 1)).toMatchObject([
      { topic: 'example/car1/things/live/errors', headers: { 'correlation-id': 'c-1' }, status: 408 },
    ]);
  });

  it('is settled with the answer, when it asks for one', async () => {
    const [back, device] = [await connect(), await connect(targetFor(['_/_/things/live/messages']))];
    let isSettled = false;
    const settled = back(message({ 'response-required': true })).then(() => (isSettled = true));
    await next('out', 1);
    expect(isSettled).toBe(false);
    await device(answer(204));
    await settled;
    expect(await next('answers', 1)).toMatchObject([{ status: 204 }]);
  });

  it('is to be delivered again when the answer that it asks for does not come', async () => {
    const back = await connect();
    await expect(back(message({ 'response-required': true, timeout: '20ms' }))).rejects.toMatchObject({ status: 408 });
    expect(await next('answers', 1)).toMatchObject([
      { topic: 'example/car1/things/live/errors', headers: { 'correlation-id': 'c-1' }, status: 408 },
    ]);
    await expect(back(message({ 'requested-acks': ['my:label'], timeout: '20ms' }))).rejects.toMatchObject({
      status: 424,
    });
  });

  it('is not answered when it wants none', async () => {
    const [back] = [await connect(), await connect(targetFor(['_/_/things/live/messages']))];
    await back(message({ 'response-required': false }));
    const [asked] = await next('out', 1);
    expect(asked?.['headers']).toMatchObject({ 'response-required': false });
    expect(sentTo('answers')).toEqual([]);
  });

  it.each([
    [{ 'response-required': true, timeout: '0' }, 400],
    [{ timeout: 'soon' }, 400],
  ])('is refused with the headers %j', async (headers, status) => {
    const back = await connect();
    await expect(back(message(headers))).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(await next('answers', 1)).toMatchObject([{ status }]);
  });

  it('is answered by the endpoint that its target acknowledges for', async () => {
    api.connections.brokers.answer = ({ address }) =>
      address === 'out'
        ? { status: 202, headers: { 'content-type': 'application/json' }, payload: new TextEncoder().encode('{"a":1}') }
        : { status: 200 };
    await connect(targetFor(['_/_/things/live/messages'], { issuedAcknowledgementLabel: 'live-response' }));
    const reply = await call(api, 'POST', '/api/2/things/example:car1/inbox/messages/ask', { hi: 1 });
    expect(reply).toMatchObject({ status: 202, body: { a: 1 } });
  });
});

describe('a live command over a source', () => {
  const COMMAND = { topic: 'example/car1/things/live/commands/retrieve', path: '/attributes/n' };

  it('is answered with what the device says', async () => {
    const [back, device] = [await connect(), await connect(targetFor(['_/_/things/live/commands']))];
    await back({ ...COMMAND, headers: { 'correlation-id': 'c-2' } });
    await next('out', 1);
    await device({ ...COMMAND, headers: { 'correlation-id': 'c-2' }, status: 200, value: 42 });
    expect(await next('answers', 1)).toMatchObject([
      { ...COMMAND, status: 200, value: 42, headers: { 'correlation-id': 'c-2' } },
    ]);
  });

  it('is refused when it may not be sent', async () => {
    const back = await connect();
    await expect(back({ ...COMMAND, topic: 'example/none/things/live/commands/retrieve' })).rejects.toMatchObject({
      code: 'gemel:message.unacceptable',
    });
    expect(await next('answers', 1)).toMatchObject([{ status: 404, value: { error: 'things:thing.notfound' } }]);
  });
});

const idIn = (created: JsonObject | undefined): string => textAt(created?.['value'], 'subscriptionId');

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
    sources: [{ ...BASE.sources[0], authorizationContext: [subject] }],
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

describe('answers that are diverted', () => {
  const divertTo = (to: string, more: JsonObject = {}): JsonObject => ({
    sources: [
      {
        addresses: ['in/#'],
        qos: 1,
        authorizationContext,
        headerMapping: { 'divert-response-to-connection': to, ...more },
        replyTarget: { address: 'answers' },
      },
    ],
    specificConfig: { 'is-diversion-source': 'true' },
  });
  const target = (sources: string, change: JsonObject = {}): JsonObject => ({
    connectionType: 'http-push',
    uri: 'http://server',
    sources: [],
    targets: [{ address: 'POST:/{{ thing:name }}', topics: [], authorizationContext }],
    specificConfig: { 'is-diversion-target': 'true', 'authorized-connections-as-sources': sources },
    ...change,
  });
  const CHANGE = { topic: 'example/car1/things/twin/commands/modify', path: '/attributes/n', value: 5 };
  const command = (headers: JsonObject = {}): JsonObject => ({
    ...CHANGE,
    headers: { 'correlation-id': 'd-1', ...headers },
  });

  it('go to the target of the other connection, and not to the reply target', async () => {
    const receiver = await connected(target('x'));
    const sender = await connected(divertTo(receiver));
    await change(receiver, target(`other, ${sender}`));
    await receive(sender, command());
    expect(await next('POST:/car1', 1)).toMatchObject([
      { topic: CHANGE.topic, status: 204, headers: { 'correlation-id': 'd-1', 'diverted-response-from': sender } },
    ]);
    expect(sentTo('answers')).toEqual([]);
  });

  it('go to the reply target, too, where that is wanted, and types that are not diverted only there', async () => {
    const receiver = await connected(target('x'));
    const preserving = { 'is-diversion-source': 'true', 'preserve-normal-response-via-source': 'true' };
    const sender = await connected({
      ...divertTo(receiver, { 'divert-expected-response-types': 'response' }),
      specificConfig: preserving,
    });
    await change(receiver, target(sender));
    await receive(sender, command());
    await next('POST:/car1', 1);
    expect(await next('answers', 1)).toMatchObject([{ status: 204 }]);
    const refused = receive(sender, { ...command(), topic: 'example/none/things/twin/commands/modify' });
    await expect(refused).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(await next('answers', 2)).toMatchObject([{}, { status: 404 }]);
    expect(sentTo('POST:/none')).toEqual([]);
  });

  it('may be diverted by a message itself, but not by a connection that does not say so', async () => {
    const receiver = await connected(target('x'));
    const [sender, other] = [
      await connected(divertTo('')),
      await connected({ ...divertTo(receiver), specificConfig: {} }),
    ];
    await change(receiver, target(`${sender},${other}`));
    await receive(other, command());
    expect(await next('answers', 1)).toHaveLength(1);
    await receive(sender, command({ 'divert-response-to-connection': receiver }));
    expect(await next('POST:/car1', 1)).toHaveLength(1);
  });

  it('are dropped by a connection that does not know the other one', async () => {
    const receiver = await connected(target('somebody'));
    const sender = await connected(divertTo(receiver));
    await receive(sender, command());
    expect([sentTo('answers'), sentTo('POST:/car1')]).toEqual([[], []]);
  });

  it.each<[JsonObject, RegExp]>([
    [target('x', { specificConfig: {} }), /\/targets\/0\/topics must hold at least one/],
    [
      target('x', { specificConfig: { 'is-diversion-target': 'perhaps' } }),
      /is-diversion-target must be true or false/,
    ],
  ])('need a connection that is valid: %j', async (connection, expected) => {
    const { status, text } = await call(api, 'POST', '/api/2/connections', connection, { user: 'devops' });
    expect([status, text]).toEqual([400, expect.stringMatching(expected)]);
  });

  it('do not go round', async () => {
    const id = await connected(divertTo(''));
    const connection = { ...BASE, ...divertTo(id) };
    const { status, text } = await call(api, 'PUT', `/api/2/connections/${id}`, connection, { user: 'devops' });
    expect([status, text]).toEqual([400, expect.stringMatching(/must be another connection/)]);
  });
});
