import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const PATH = '/api/2/mqtt/things/org.lab:sensor/credentials';
let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
  await call(api, 'PUT', '/api/2/things/org.lab:sensor', {}, { user: 'ditto' });
});

afterAll(() => api.close());

const ask = (method: 'GET' | 'PUT' | 'DELETE', path = '', user = 'ditto'): Promise<Answer> =>
  call(api, method, `${PATH}${path}`, undefined, { user });

describe('the credentials of a device', () => {
  it('are made, listed, renewed and deleted by its owner, each password shown once', async () => {
    const made = await ask('PUT', '/gateway');
    const shown = {
      label: 'gateway',
      username: 'org.lab:sensor@gateway',
      subject: 'mqtt:org.lab:sensor@gateway',
      publish: ['telemetry/{{ thing:id }}/#'],
      subscribe: ['commands/{{ thing:id }}'],
      issued: expect.any(String) as unknown,
    };
    expect(made).toMatchObject({
      status: 201,
      body: { ...shown, password: expect.stringMatching(/^[\w-]{36}$/) as unknown },
    });
    expect(made.headers['cache-control']).toBe('no-store');
    expect(await ask('GET')).toMatchObject({ status: 200, body: [shown] });
    expect((await ask('GET')).text).not.toContain('password');
    expect(await ask('PUT', '/gateway')).toMatchObject({ status: 200, body: shown });
    expect(await ask('DELETE', '/gateway')).toMatchObject({ status: 204, text: '' });
    expect(await ask('GET')).toMatchObject({ body: [] });
    expect(await ask('DELETE', '/gateway')).toMatchObject({
      status: 404,
      body: { error: 'gemel:mqtt.credential.notfound' },
    });
  });

  it('are users like others to operators, who may make one their own', async () => {
    await ask('PUT', '/b');
    const path = '/api/2/mqtt/users/org.lab:sensor@b';
    const { body } = await call(api, 'GET', path, undefined, { user: 'devops' });
    expect(body).toMatchObject({ thingId: 'org.lab:sensor', issued: expect.any(String) as unknown });
    const { issued: _issued, ...own } = body as { readonly issued: string };
    expect((await call(api, 'PUT', path, own, { user: 'devops' })).status).toBe(204);
    expect(await ask('PUT', '/b')).toMatchObject({ status: 409, body: { error: 'gemel:mqtt.credential.taken' } });
    expect(await ask('GET')).toMatchObject({ body: [] });
  });

  it('are made for things whatever their IDs are, too', async () => {
    const path = `/api/2/things/${encodeURIComponent('org.lab:a +#%2B (1)')}`;
    await call(api, 'PUT', path, {}, { user: 'ditto' });
    const credentials = path.replace('/things/', '/mqtt/things/') + '/credentials';
    const username = 'org.lab:a%20%2B%23%252B%20%281%29@main';
    const made = await call(api, 'PUT', `${credentials}/main`, undefined, { user: 'ditto' });
    expect(made).toMatchObject({ status: 201, body: { label: 'main', username, subject: `mqtt:${username}` } });
    const listed = await call(api, 'GET', credentials, undefined, { user: 'ditto' });
    expect(listed).toMatchObject({ status: 200, body: [{ label: 'main', username }] });
    const users = `/api/2/mqtt/users/${encodeURIComponent(username)}`;
    expect(await call(api, 'GET', users, undefined, { user: 'devops' })).toMatchObject({ body: { name: username } });
  });

  it('are nobody else’s', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', '/a'],
      ['DELETE', '/a'],
    ] as const)
      expect(await ask(method, path, 'other')).toMatchObject({ status: 404, body: { error: 'things:thing.notfound' } });
    expect((await ask('PUT', '/a%2Fb')).status).toBe(400);
  });
});
