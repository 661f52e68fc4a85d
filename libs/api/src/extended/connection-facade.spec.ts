import { isJsonObject } from '@gemel/model/json';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const BROKER = {
  name: 'Cars',
  connectionType: 'mqtt-5',
  connectionStatus: 'closed',
  uri: 'tcp://device:hunter2@broker:1883',
  sources: [{ addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
};

describe("OpenTwins' /api/connections", () => {
  let api: OpenHttpApi;
  let id: string;

  beforeEach(async () => {
    api = await openHttpApi();
    const { status, body } = await ask('POST', '/api/2/connections', BROKER);
    expect(status).toBe(201);
    const created = isJsonObject(body) ? body['id'] : undefined;
    id = typeof created === 'string' ? created : '';
  });
  afterEach(() => api.close());

  const ask = (method: 'GET' | 'PUT' | 'POST', path: string, body?: object, user = 'devops'): Promise<Answer> =>
    call(api, method, path, body, { user });

  it('lists ids and names', async () => {
    const { status, body, text } = await ask('GET', '/api/connections/ids');

    expect([status, body]).toEqual([200, [{ id, name: 'Cars' }]]);
    expect(text).toContain('\n    "id"');
  });

  it('shows one, without its secrets', async () => {
    const { status, body, text } = await ask('GET', `/api/connections/${id}`);

    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ id, name: 'Cars', uri: 'tcp://device:*****@broker:1883', connectionStatus: 'closed' }),
    ]);
    expect(text).not.toMatch(/hunter2|_revision/);
  });

  it('opens, closes and deletes', async () => {
    const statusOf = async () => (await ask('GET', `/api/connections/${id}`)).body;

    const opened = await ask('PUT', `/api/connections/${id}/open`);
    expect([opened.status, opened.text]).toEqual([200, '""']);
    expect(await statusOf()).toMatchObject({ connectionStatus: 'open' });
    const closed = await ask('PUT', `/api/connections/${id}/close`);
    expect([closed.status, closed.text]).toEqual([200, '""']);
    expect(await statusOf()).toMatchObject({ connectionStatus: 'closed' });
    const deleted = await ask('PUT', `/api/connections/${id}/delete`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await ask('GET', '/api/connections/ids')).body).toEqual([]);
  });

  it('has no body for what is not there', async () => {
    for (const [method, path] of [
      ['GET', 'none'],
      ['PUT', 'none/open'],
      ['PUT', 'none/close'],
      ['PUT', 'none/delete'],
    ] as const) {
      const { status, text } = await ask(method, `/api/connections/${path}`);
      expect({ path, status, text }).toEqual({ path, status: 404, text: '' });
    }
    expect((await ask('GET', '/api/connections/a%20b')).status).toBe(400);
  });

  it('is for operators', async () => {
    for (const [method, path] of [
      ['GET', 'ids'],
      ['GET', id],
      ['PUT', `${id}/open`],
      ['PUT', `${id}/close`],
      ['PUT', `${id}/delete`],
    ] as const) {
      const { status } = await ask(method, `/api/connections/${path}`, undefined, 'ditto');
      expect({ path, status }).toEqual({ path, status: 401 });
    }
    expect((await ask('GET', '/api/connections/ids')).body).toEqual([{ id, name: 'Cars' }]);
  });
});
