import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';
import { isJsonObject } from '@gemel/model/json';

const PATH = '/api/2/mqtt/users';
let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
});

afterAll(() => api.close());

const ask = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown, user = 'devops'): Promise<Answer> =>
  call(api, method, `${PATH}${path}`, body, { user });

describe('/api/2/mqtt/users', () => {
  it('creates, shows, modifies, lists and deletes users, and never shows a password', async () => {
    const wanted = { password: 'hunter2', thingId: 'org:s1', publish: ['telemetry/{{ thing:id }}'] };
    const shown = { name: 's1', thingId: 'org:s1', subjects: ['mqtt:s1'], publish: wanted.publish, subscribe: [] };
    expect(await ask('PUT', '/s1', wanted)).toMatchObject({ status: 201, body: shown });
    const { status, text } = await ask('GET', '/s1');
    expect([status, JSON.parse(text)]).toEqual([200, shown]);
    expect(await ask('PUT', '/s1', { subscribe: ['chat/#'] })).toMatchObject({ status: 204, text: '' });
    expect(await ask('GET', '/s1')).toMatchObject({ body: { publish: [], subscribe: ['chat/#'] } });
    await ask('PUT', '/s2', { password: 'x' });
    const names = async (query: string) => {
      const { body } = await ask('GET', query);
      return Array.isArray(body) ? body.map((user) => isJsonObject(user) && user['name']) : body;
    };
    expect(await names('')).toEqual(['s1', 's2']);
    expect(await names('?after=s1')).toEqual(['s2']);
    expect(await ask('DELETE', '/s1')).toMatchObject({ status: 204 });
    expect(await ask('GET', '/s1')).toMatchObject({ status: 404, body: { error: 'gemel:mqtt.user.notfound' } });
    expect(await ask('DELETE', '/s1')).toMatchObject({ status: 404, body: { error: 'gemel:mqtt.user.notfound' } });
  });

  it.each([
    ['/new', {}, '/password'],
    ['/new', { password: '' }, '/password'],
    ['/new', { password: 'x', publish: ['a/#/b'] }, '/publish/0'],
    ['/new', { password: 'x', subscribe: ['{{ header:x }}'] }, '/subscribe/0'],
    ['/new', [], 'JSON object'],
    ['/a%2Fb', { password: 'x' }, 'name'],
    ['/a%2B', { password: 'x' }, 'name'],
  ])('refuses PUT %s of %j', async (path, body, place) => {
    const answer = await ask('PUT', path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'gemel:mqtt.user.invalid' } });
    expect(answer.text).toContain(place);
  });

  it('is the operators’ alone', async () => {
    expect((await ask('GET', '', undefined, 'ditto')).status).toBe(401);
    expect((await ask('PUT', '/s3', { password: 'x' }, 'ditto')).status).toBe(401);
    expect((await ask('GET', '', undefined, 'nobody')).status).toBe(401);
  });

  it('takes names that are special in JavaScript', async () => {
    expect((await ask('PUT', '/__proto__', { password: 'x' })).status).toBe(201);
    expect(await ask('GET', '/__proto__')).toMatchObject({ status: 200, body: { name: '__proto__' } });
    expect((await ask('GET', '/constructor')).status).toBe(404);
  });
});
