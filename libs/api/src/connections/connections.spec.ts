import { parseConnectionId } from '@gemel/model/connections';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';
import { until } from '@gemel/testkit/contracts';

const PATH = '/api/2/connections';
const source = { addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] };
const TARGET = { address: 'out', topics: ['_/_/things/twin/events'], qos: 1, authorizationContext: ['nginx:ditto'] };
const broker = {
  name: 'Cars',
  connectionType: 'mqtt-5',
  connectionStatus: 'open',
  uri: 'tcp://device:hunter2@broker:1883',
  sources: [source],
};

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
});

afterAll(() => api.close());

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
const as = (user: string, method: Method, path: string, body?: unknown, headers = {}): Promise<Answer> =>
  call(api, method, `${PATH}${path}`, body, { user, headers });
const ask = (method: Method, path: string, body?: unknown, headers = {}): Promise<Answer> =>
  as('devops', method, path, body, headers);

async function send(id: string, text: string, type = 'text/plain'): Promise<Answer> {
  const response = await fetch(`${api.url}${PATH}/${id}/command`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('devops:devops').toString('base64')}`, 'content-type': type },
    body: text,
  });
  const answered = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: answered,
    body: answered === '' ? undefined : (JSON.parse(answered) as JsonValue),
  };
}

async function created(change: JsonObject = {}): Promise<string> {
  const { status, body } = await ask('POST', '', { ...broker, ...change });
  expect(status).toBe(201);
  return idOf(body);
}

function idOf(body: JsonValue | undefined): string {
  const id = isJsonObject(body) ? body['id'] : '';
  return typeof id === 'string' ? id : '';
}

describe('POST /api/2/connections', () => {
  it('creates a connection with an ID of its own, and shows it without its secrets', async () => {
    const answer = await ask('POST', '', broker);
    const id = idOf(answer.body);
    expect(answer).toMatchObject({
      status: 201,
      headers: {
        location: `${api.url}${PATH}/${id}`,
        etag: '"rev:1"',
        'entity-revision': '1',
        'content-type': 'application/json',
      },
      body: { name: 'Cars', uri: 'tcp://device:*****@broker:1883', connectionStatus: 'open', clientCount: 1 },
    });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.text).not.toContain('hunter2');
    expect(JSON.stringify(await api.connections.store.connections())).not.toContain('hunter2');
  });

  it('does not open what does not say that it is to be open', async () => {
    const { connectionStatus: _left, ...rest } = broker;
    const { body } = await ask('POST', '', rest);
    expect(body).toMatchObject({ connectionStatus: 'unknown' });
    const id = idOf(body);
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'unknown',
      liveStatus: 'closed',
    });
  });

  it.each<[JsonValue, string, RegExp]>([
    [{ ...broker, id: 'cars' }, 'connectivity:id.notsettable', /chosen by the server/],
    [{ ...broker, uri: 'nowhere' }, 'connectivity:connection.uri.invalid', /\/uri must be/],
    [{ ...broker, uri: 'tcp://device:hunter2@' }, 'connectivity:connection.uri.invalid', /\/uri must be/],
    [
      { ...broker, uri: 'tcp://device:*****@broker:1883' },
      'connectivity:connection.configuration.invalid',
      /\/uri hides/,
    ],
    [{ ...broker, connectionType: 'pigeon' }, 'connectivity:connection.configuration.invalid', /\/connectionType must/],
    [
      { ...broker, connectionStatus: 'ajar' },
      'connectivity:connection.configuration.invalid',
      /\/connectionStatus must/,
    ],
    [{ ...broker, sources: [] }, 'connectivity:connection.configuration.invalid', /\/sources and \/targets/],
    [
      { ...broker, sources: [{ ...source, authorizationContext: [] }] },
      'connectivity:connection.configuration.invalid',
      /\/sources\/0\/authorizationContext must/,
    ],
    [
      { ...broker, targets: [{ ...source, address: 'x', topics: ['events'] }] },
      'connectivity:topic.invalid',
      /\/targets\/0\/topics\/0 must/,
    ],
    [
      { ...broker, sources: [source, source, source, source, source] },
      'connectivity:connection.configuration.invalid',
      /\/sources must be 4 at most/,
    ],
    [[], 'json.invalid', /object/],
    ['cars', 'json.invalid', /object/],
  ])('refuses %j', async (body, code, message) => {
    const answer = await ask('POST', '', body);
    expect(answer).toMatchObject({ status: 400, body: { error: code, message: expect.stringMatching(message) } });
    expect(answer.text).not.toContain('hunter2');
  });

  it.each([
    [{ connectionType: undefined }, 'connectionType'],
    [{ uri: undefined, sources: 5 }, 'uri'],
    [{ targets: [{ topics: ['events'] }] }, 'targets/0/address'],
  ])('refuses what lacks what every connection has, %j', async (change, field) => {
    for (const path of ['', '?dry-run=true']) {
      expect(await ask('POST', path, { ...broker, ...change })).toMatchObject({
        status: 400,
        body: { error: 'json.field.missing', message: expect.stringContaining(`'${field}'`) },
      });
    }
  });

  it('says once what is wrong', async () => {
    const { text } = await ask('POST', '', { ...broker, sources: [{ ...source, authorizationContext: [5] }] });
    expect(text.match(/must be a text/g)).toHaveLength(1);
  });

  it('refuses what is no JSON, and what does not say that it is', async () => {
    const headers = { authorization: `Basic ${Buffer.from('devops:devops').toString('base64')}` };
    const post = (type: string, body: string): Promise<Response> =>
      fetch(`${api.url}${PATH}`, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
    expect((await post('application/json', '{')).status).toBe(400);
    expect((await post('text/xml', '<a/>')).status).toBe(415);
  });

  it('passes over members that nobody knows, as Ditto does', async () => {
    const { status, body } = await ask('POST', '', { ...broker, colour: 'red', __proto__x: 1 });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('colour');
  });

  it('is for operators only', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', '/x'],
      ['PUT', '/x'],
      ['DELETE', '/x'],
      ['GET', '/x/status'],
      ['GET', '/x/metrics'],
      ['GET', '/x/logs'],
    ] as const) {
      expect((await as('ditto', method, path, method === 'POST' || method === 'PUT' ? broker : undefined)).status).toBe(
        401,
      );
    }
  });
});

describe('a script that cannot be run', () => {
  const scripted = (incomingScript: string): JsonObject => ({
    ...broker,
    mappingDefinitions: { mine: { mappingEngine: 'JavaScript', options: { incomingScript } } },
  });
  const REFUSED = {
    status: 400,
    body: { error: 'connectivity:message.mapper.config.failed', message: expect.stringMatching(/'mine'.*line 1/) },
  };

  it('is refused when a connection is created, modified or tested, whether it is used or not', async () => {
    expect(await ask('POST', '', scripted('broken'))).toMatchObject(REFUSED);
    expect(await ask('POST', '?dry-run=true', scripted('broken'))).toMatchObject(REFUSED);
    const id = await created(scripted('fine'));
    expect(await ask('PUT', `/${id}`, scripted('broken'))).toMatchObject(REFUSED);
    expect((await ask('GET', `/${id}`)).body).toMatchObject({
      mappingDefinitions: scripted('fine')['mappingDefinitions'],
    });
  });
});

describe('a script that broke after it was stored', () => {
  it('leaves its connection misconfigured, which says why', async () => {
    const id = parseConnectionId(await created());
    const stored = await api.connections.store.connection(id);
    const options = { incomingScript: 'broken' };
    const definition = {
      ...stored?.definition,
      mappingDefinitions: { mine: { mappingEngine: 'JavaScript', options } },
      sources: [{ ...source, payloadMapping: ['mine'] }],
    };
    await api.connections.store.putConnection({ id, revision: 2, created: 0, modified: 0, deleted: false, definition });
    const status = async () => JSON.stringify((await ask('GET', `/${id}/status`)).body);
    let last = '';
    for (let tries = 0; tries < 200 && !last.includes('misconfigured'); tries++) last = await status();
    expect(JSON.parse(last)).toMatchObject({
      liveStatus: 'misconfigured',
      clientStatus: [{ status: 'misconfigured', statusDetails: expect.stringMatching(/'mine' cannot be used/) }],
    });
    expect((await ask('DELETE', `/${id}`)).status).toBe(204);
  });
});

describe('POST /api/2/connections?dry-run=true', () => {
  const test = (uri: string): Promise<Answer> => ask('POST', '?dry-run=true', { ...broker, uri });

  it('tells that a connection works, and forgets it', async () => {
    const before = (await ask('GET', '?ids-only=true')).body;
    expect(await test('tcp://device:hunter2@broker:1883')).toMatchObject({
      status: 200,
      body: 'The connection to tcp://broker:1883 works.',
    });
    expect((await ask('GET', '?ids-only=true')).body).toEqual(before);
    expect([...api.connections.brokers.open.keys()].filter((id) => id.endsWith('-dry-run'))).toEqual([]);
  });

  it('tells why one does not work', async () => {
    expect(await test('tcp://device:hunter2@refusing:1883')).toMatchObject({
      status: 504,
      body: { error: 'connectivity:connection.failed', message: expect.stringMatching(/refusing says so\.$/) },
    });
    expect(await test('tcp://broken:1883')).toMatchObject({
      status: 504,
      body: { error: 'connectivity:connection.failed', message: expect.stringContaining('key cannot be read') },
    });
    expect(await ask('POST', '?dry-run=true', { ...broker, sources: [] })).toMatchObject({ status: 400 });
  });

  it('knows the hidden secrets of a connection that there is', async () => {
    const id = await created();
    const { body } = await ask('GET', `/${id}`);
    expect((await ask('POST', '?dry-run=true', body)).status).toBe(200);
  });
});

describe('GET /api/2/connections', () => {
  it('lists connections, their fields, or their IDs alone', async () => {
    const id = await created({ name: 'Listed' });
    const { body } = await ask('GET', '');
    expect(body).toContainEqual(expect.objectContaining({ id, name: 'Listed', uri: 'tcp://device:*****@broker:1883' }));
    expect(JSON.stringify(body)).not.toMatch(/hunter2|_revision/);
    expect((await ask('GET', '?fields=id,_revision')).body).toContainEqual({ id, _revision: 1 });
    expect((await ask('GET', '?ids-only=true')).body).toContain(id);
    expect((await ask('GET', '?fields=id')).body).toContain(id);
    expect((await ask('GET', '?fields=id&ids-only=false')).body).toContainEqual({ id });
    expect(await ask('GET', '?fields=id(')).toMatchObject({
      status: 400,
      body: { error: 'json.fieldselector.invalid' },
    });
  });
});

describe('/api/2/connections/{id}', () => {
  it('shows the connection, or the fields that are asked for', async () => {
    const id = await created();
    expect(await ask('GET', `/${id}`)).toMatchObject({
      status: 200,
      headers: { etag: '"rev:1"', 'entity-revision': '1' },
      body: { id, connectionType: 'mqtt-5', sources: [{ addresses: ['telemetry/#'], consumerCount: 1 }] },
    });
    expect((await ask('GET', `/${id}?fields=name,_revision,sources`)).body).toEqual({
      name: 'Cars',
      _revision: 1,
      sources: [expect.objectContaining({ qos: 1 })],
    });
  });

  it('is modified, and keeps the secrets that were not shown', async () => {
    const id = await created();
    const { body } = await ask('GET', `/${id}`);
    const edited = { ...(isJsonObject(body) ? body : {}), name: 'Trucks', connectionStatus: 'closed' };
    const answer = await ask('PUT', `/${id}`, edited);
    expect(answer).toMatchObject({ status: 204, text: '', headers: { etag: '"rev:2"', 'entity-revision': '2' } });
    expect((await ask('GET', `/${id}`)).body).toMatchObject({ name: 'Trucks', connectionStatus: 'closed' });
    const { definition } = await api.connections.management.connections.known(parseConnectionId(id));
    expect(definition).toMatchObject({ uri: 'tcp://device:hunter2@broker:1883' });
  });

  it('cannot become of another type, nor get another ID, nor a secret of another place', async () => {
    const id = await created();
    expect(await ask('PUT', `/${id}`, { ...broker, connectionType: 'mqtt' })).toMatchObject({
      status: 400,
      body: {
        error: 'connectivity:connection.configuration.invalid',
        message: expect.stringMatching(/\/connectionType/),
      },
    });
    expect(await ask('PUT', `/${id}`, { ...broker, id: 'other' })).toMatchObject({
      status: 400,
      body: { error: 'connectivity:id.notsettable' },
    });
    expect(await ask('PUT', `/${id}`, { ...broker, uri: 'tcp://device:*****@elsewhere:1883' })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/\/uri hides the password of another address/) },
    });
    const { connectionStatus: _left, ...rest } = broker;
    expect(await ask('PUT', `/${id}`, rest)).toMatchObject({ status: 400, body: { error: 'json.field.missing' } });
  });

  it('is not there until it is created, and not any more when it is deleted', async () => {
    const notThere = { status: 404, body: { error: 'connectivity:connection.notfound' } };
    expect(await ask('GET', '/nowhere')).toMatchObject(notThere);
    expect(await ask('PUT', '/nowhere', broker)).toMatchObject(notThere);
    expect(await ask('DELETE', '/nowhere')).toMatchObject(notThere);
    const id = await created();
    expect(await ask('DELETE', `/${id}`)).toMatchObject({ status: 204, text: '' });
    for (const path of ['', '/status', '/metrics', '/logs']) {
      expect(await ask('GET', `/${id}${path}`)).toMatchObject(notThere);
    }
    expect(await ask('DELETE', `/${id}`)).toMatchObject(notThere);
    expect(await send(id, 'connectivity.commands:openConnection')).toMatchObject(notThere);
    await until(() => !api.connections.brokers.open.has(id));
  });

  it.each(['no%20spaces', '__proto__%2Fx', 'ä', 'x'.repeat(101), '%00', 'a~2b'])('refuses the ID %s', async (id) => {
    expect(await ask('GET', `/${id}`)).toMatchObject({
      status: 400,
      body: { error: 'connectivity:connection.id.invalid' },
    });
  });

  it('takes IDs that JavaScript has a use for as any other', async () => {
    for (const id of ['__proto__', 'constructor', 'toString']) {
      expect((await ask('GET', `/${id}`)).status).toBe(404);
    }
  });

  it('holds to its entity tag', async () => {
    const id = await created();
    const stale = { 'if-match': '"rev:7"' };
    for (const answer of [await ask('PUT', `/${id}`, broker, stale), await ask('DELETE', `/${id}`, undefined, stale)]) {
      expect(answer).toMatchObject({
        status: 412,
        headers: { etag: '"rev:1"' },
        body: { error: 'connectivity:precondition.failed' },
      });
    }
    expect(await ask('GET', `/${id}`, undefined, { 'if-none-match': '"rev:1"' })).toMatchObject({
      status: 304,
      text: '',
    });
    expect((await ask('PUT', `/${id}`, broker, { 'if-match': '"rev:1"' })).status).toBe(204);
  });

  it('shows how it was', async () => {
    const id = await created();
    await ask('PUT', `/${id}`, { ...broker, name: 'Trucks' });
    const past = (revision: number): Promise<Answer> =>
      ask('GET', `/${id}`, undefined, { 'at-historical-revision': String(revision) });
    expect(await past(1)).toMatchObject({ status: 200, headers: { etag: '"rev:1"' }, body: { name: 'Cars' } });
    expect((await past(2)).body).toMatchObject({ name: 'Trucks' });
    expect(await past(0)).toMatchObject({ status: 404, body: { error: 'connectivity:connection.history.notfound' } });
  });
});

describe('POST /api/2/connections/{id}/command', () => {
  const OPEN = 'connectivity.commands:openConnection';
  const CLOSE = 'connectivity.commands:closeConnection';

  it('closes and opens', async () => {
    const id = await created();
    await until(() => api.connections.brokers.open.has(id));
    expect(await send(id, CLOSE)).toMatchObject({ status: 200, text: '' });
    expect(api.connections.brokers.open.has(id)).toBe(false);
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'closed',
      liveStatus: 'closed',
    });
    expect(await send(id, OPEN)).toMatchObject({ status: 200, text: '' });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({ connectionStatus: 'open', liveStatus: 'open' });
    expect((await ask('GET', `/${id}`)).headers).toMatchObject({ etag: '"rev:3"' });
    expect(await send(id, OPEN)).toMatchObject({ status: 200 });
    expect(await send(id, CLOSE)).toMatchObject({ status: 200 });
    expect(await send(id, CLOSE)).toMatchObject({ status: 200 });
  });

  it('tells why it cannot be opened, and goes on trying', async () => {
    const id = await created({ connectionStatus: 'closed', uri: 'tcp://refusing:1883' });
    expect(await send(id, OPEN)).toMatchObject({
      status: 504,
      body: { error: 'connectivity:connection.failed', message: expect.stringContaining('refusing says so') },
    });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'open',
      liveStatus: 'failed',
      recoveryStatus: 'ongoing',
    });
    api.connections.brokers.open.get(id)?.observer({ state: 'open', detail: 'it is there again' });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'open', recoveryStatus: 'succeeded' });
  });

  it('refuses what is no command, or no text', async () => {
    const id = await created();
    for (const text of ['open', '', 'connectivity.commands:deleteConnection', 'connectivity.commands:constructor']) {
      expect(await send(id, text)).toMatchObject({ status: 400, body: { error: 'connectivity:command.invalid' } });
    }
    expect((await send(id, OPEN, 'application/json')).status).toBe(415);
  });
});

describe('how a connection is doing', () => {
  it('is told of each of its clients', async () => {
    const id = await created({ clientCount: 2, connectionStatus: 'closed', targets: [TARGET] });
    expect((await send(id, 'connectivity.commands:openConnection')).status).toBe(200);
    const { body } = await ask('GET', `/${id}/status`);
    const client = { type: 'client', status: 'open', recoveryStatus: 'succeeded' };
    expect(body).toMatchObject({
      liveStatus: 'open',
      clientStatus: [client, client],
      // Only the first client receives what clients cannot share.
      sourceStatus: [{ address: 'telemetry/#' }],
      targetStatus: [{ address: 'out' }, { address: 'out' }],
    });
    expect((await send(id, 'connectivity.commands:closeConnection')).status).toBe(200);
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'closed' });
  });

  it('is told in the form of Ditto', async () => {
    const target = {
      address: 'x/{{ thing:id }}',
      topics: ['_/_/things/twin/events'],
      qos: 1,
      authorizationContext: ['a:b'],
    };
    const id = await created({ targets: [target] });
    await until(() => api.connections.brokers.open.has(id));
    await until(() =>
      api.connections.runner.status().some((each) => each.connectionId === id && each.liveStatus === 'open'),
    );
    const resource = {
      client: 'here',
      status: 'open',
      statusDetails: 'broker says so',
      inStateSince: expect.any(String),
    };
    expect((await ask('GET', `/${id}/status`)).body).toEqual({
      connectionId: id,
      connectionStatus: 'open',
      liveStatus: 'open',
      recoveryStatus: 'succeeded',
      connectedSince: expect.stringMatching(/^\d{4}-.*Z$/),
      clientStatus: [{ type: 'client', ...resource, recoveryStatus: 'succeeded' }],
      sourceStatus: [{ type: 'source', address: 'telemetry/#', ...resource }],
      targetStatus: [{ type: 'target', address: 'x/{{ thing:id }}', ...resource }],
    });
  });

  it('is counted and logged, until that is reset', async () => {
    const id = await created();
    await until(() => api.connections.brokers.open.has(id));
    const receive = (payload: string) =>
      api.connections.brokers.open.get(id)?.handler({
        address: 'telemetry/car',
        payload: new TextEncoder().encode(payload),
        subjects: [],
        headers: {},
        source: 0,
      });
    await expect(receive('no JSON')).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    const nothing = { PT1M: 0, PT1H: 0, PT24H: 0, lastMessageAt: null };
    const once = { PT1M: 1, PT1H: 1, PT24H: 1, lastMessageAt: expect.any(String) };
    const { body } = await ask('GET', `/${id}/metrics`);
    expect(body).toMatchObject({
      connectionId: id,
      containsFailures: true,
      connectionMetrics: { inbound: { consumed: { success: once, failure: nothing } }, outbound: {} },
      sourceMetrics: { addressMetrics: { 'telemetry/#': { mapped: { success: nothing, failure: once } } } },
      targetMetrics: { addressMetrics: { _responses: { published: { success: nothing } } } },
    });
    const logs = (await ask('GET', `/${id}/logs`)).body;
    expect(logs).toMatchObject({
      connectionId: id,
      connectionLogs: expect.arrayContaining([
        expect.objectContaining({ category: 'connection', type: 'other', level: 'success' }),
        expect.objectContaining({ category: 'source', type: 'mapped', level: 'failure', address: 'telemetry/#' }),
      ]),
      enabledSince: expect.any(String),
      enabledUntil: expect.any(String),
    });
    expect(await send(id, 'connectivity.commands:resetConnectionMetrics')).toMatchObject({ status: 200 });
    expect(await send(id, 'connectivity.commands:resetConnectionLogs')).toMatchObject({ status: 200 });
    expect((await ask('GET', `/${id}/metrics`)).body).toMatchObject({
      containsFailures: false,
      connectionMetrics: { inbound: { consumed: { success: nothing } } },
    });
    expect((await ask('GET', `/${id}/logs`)).body).toMatchObject({ connectionLogs: [] });
  });

  it('is told of closed connections, too, whose logs somebody has to ask for', async () => {
    const id = await created({ connectionStatus: 'closed' });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'closed',
      liveStatus: 'closed',
      clientStatus: [{ type: 'client', status: 'closed' }],
      sourceStatus: [],
    });
    expect((await ask('GET', `/${id}/metrics`)).body).toMatchObject({
      sourceMetrics: { addressMetrics: { 'telemetry/#': { consumed: { success: { PT1M: 0 } } } } },
    });
    expect((await ask('GET', `/${id}/logs`)).body).toEqual({
      connectionId: id,
      connectionLogs: [],
      enabledSince: null,
      enabledUntil: null,
    });
    expect(await send(id, 'connectivity.commands:enableConnectionLogs')).toMatchObject({ status: 200 });
    expect((await ask('GET', `/${id}/logs`)).body).toMatchObject({ enabledSince: expect.any(String) });
  });
});
