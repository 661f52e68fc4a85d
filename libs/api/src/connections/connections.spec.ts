import { parseConnectionId } from '@gemel/model/connections';
import type { JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { until } from '@gemel/testkit/contracts';
import { CAR_CONNECTION, CAR_SOURCE, connectionIdIn, managedConnections, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const PATH = '/api/2/connections';

let api: OpenHttpApi;
const { as, ask, created, send } = managedConnections(() => api);

beforeAll(async () => {
  api = await openHttpApi();
});

afterAll(() => api.close());

describe('POST /api/2/connections', () => {
  it('creates a connection with an ID of its own, and shows it without its secrets', async () => {
    const answer = await ask('POST', '', CAR_CONNECTION);
    const id = connectionIdIn(answer.body);
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
    const { connectionStatus: _left, ...rest } = CAR_CONNECTION;
    const { body } = await ask('POST', '', rest);
    expect(body).toMatchObject({ connectionStatus: 'unknown' });
    const id = connectionIdIn(body);
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'unknown',
      liveStatus: 'closed',
    });
  });

  it.each<[JsonValue, string, RegExp]>([
    [{ ...CAR_CONNECTION, id: 'cars' }, 'connectivity:id.notsettable', /chosen by the server/],
    [{ ...CAR_CONNECTION, uri: 'nowhere' }, 'connectivity:connection.uri.invalid', /\/uri must be/],
    [{ ...CAR_CONNECTION, uri: 'tcp://device:hunter2@' }, 'connectivity:connection.uri.invalid', /\/uri must be/],
    [
      { ...CAR_CONNECTION, uri: 'tcp://device:*****@broker:1883' },
      'connectivity:connection.configuration.invalid',
      /\/uri hides/,
    ],
    [
      { ...CAR_CONNECTION, connectionType: 'pigeon' },
      'connectivity:connection.configuration.invalid',
      /\/connectionType must/,
    ],
    [
      { ...CAR_CONNECTION, connectionStatus: 'ajar' },
      'connectivity:connection.configuration.invalid',
      /\/connectionStatus must/,
    ],
    [{ ...CAR_CONNECTION, sources: [] }, 'connectivity:connection.configuration.invalid', /\/sources and \/targets/],
    [
      { ...CAR_CONNECTION, sources: [{ ...CAR_SOURCE, authorizationContext: [] }] },
      'connectivity:connection.configuration.invalid',
      /\/sources\/0\/authorizationContext must/,
    ],
    [
      { ...CAR_CONNECTION, targets: [{ ...CAR_SOURCE, address: 'x', topics: ['events'] }] },
      'connectivity:topic.invalid',
      /\/targets\/0\/topics\/0 must/,
    ],
    [
      { ...CAR_CONNECTION, sources: [CAR_SOURCE, CAR_SOURCE, CAR_SOURCE, CAR_SOURCE, CAR_SOURCE] },
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
      expect(await ask('POST', path, { ...CAR_CONNECTION, ...change })).toMatchObject({
        status: 400,
        body: { error: 'json.field.missing', message: expect.stringContaining(`'${field}'`) },
      });
    }
  });

  it('says once what is wrong', async () => {
    const { text } = await ask('POST', '', {
      ...CAR_CONNECTION,
      sources: [{ ...CAR_SOURCE, authorizationContext: [5] }],
    });
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
    const { status, body } = await ask('POST', '', { ...CAR_CONNECTION, colour: 'red', __proto__x: 1 });
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
      expect(
        (await as('ditto', method, path, method === 'POST' || method === 'PUT' ? CAR_CONNECTION : undefined)).status,
      ).toBe(401);
    }
  });
});

describe('POST /api/2/connections?dry-run=true', () => {
  const test = (uri: string): Promise<Answer> => ask('POST', '?dry-run=true', { ...CAR_CONNECTION, uri });

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
    expect(await ask('POST', '?dry-run=true', { ...CAR_CONNECTION, sources: [] })).toMatchObject({ status: 400 });
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
    expect(await ask('PUT', `/${id}`, { ...CAR_CONNECTION, connectionType: 'mqtt' })).toMatchObject({
      status: 400,
      body: {
        error: 'connectivity:connection.configuration.invalid',
        message: expect.stringMatching(/\/connectionType/),
      },
    });
    expect(await ask('PUT', `/${id}`, { ...CAR_CONNECTION, id: 'other' })).toMatchObject({
      status: 400,
      body: { error: 'connectivity:id.notsettable' },
    });
    expect(await ask('PUT', `/${id}`, { ...CAR_CONNECTION, uri: 'tcp://device:*****@elsewhere:1883' })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/\/uri hides the password of another address/) },
    });
    const { connectionStatus: _left, ...rest } = CAR_CONNECTION;
    expect(await ask('PUT', `/${id}`, rest)).toMatchObject({ status: 400, body: { error: 'json.field.missing' } });
  });

  it('is not there until it is created, and not any more when it is deleted', async () => {
    const notThere = { status: 404, body: { error: 'connectivity:connection.notfound' } };
    expect(await ask('GET', '/nowhere')).toMatchObject(notThere);
    expect(await ask('PUT', '/nowhere', CAR_CONNECTION)).toMatchObject(notThere);
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
    for (const answer of [
      await ask('PUT', `/${id}`, CAR_CONNECTION, stale),
      await ask('DELETE', `/${id}`, undefined, stale),
    ]) {
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
    expect((await ask('PUT', `/${id}`, CAR_CONNECTION, { 'if-match': '"rev:1"' })).status).toBe(204);
  });

  it('shows how it was', async () => {
    const id = await created();
    await ask('PUT', `/${id}`, { ...CAR_CONNECTION, name: 'Trucks' });
    const past = (revision: number): Promise<Answer> =>
      ask('GET', `/${id}`, undefined, { 'at-historical-revision': String(revision) });
    expect(await past(1)).toMatchObject({ status: 200, headers: { etag: '"rev:1"' }, body: { name: 'Cars' } });
    expect((await past(2)).body).toMatchObject({ name: 'Trucks' });
    expect(await past(0)).toMatchObject({ status: 404, body: { error: 'connectivity:connection.history.notfound' } });
  });
});
