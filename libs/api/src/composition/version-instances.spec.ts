import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const ALL = {
  'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
  'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
};
const READ = {
  'thing:/attributes/_isType': { grant: ['READ'], revoke: [] },
  'policy:/': { grant: ['READ'], revoke: [] },
};

let api: OpenHttpApi;

const send = (method: Parameters<typeof call>[1], path: string, body?: unknown, user = 'ditto'): Promise<Answer> =>
  call(api, method, `/api/2/${path}`, body, { user });
const done = async (method: Parameters<typeof call>[1], path: string, body?: unknown): Promise<void> => {
  const { status, text } = await send(method, path, body);
  expect([200, 201, 204, text]).toContain(status);
};
const type = (features: object, attributes: object = {}) => ({
  policyId: 'x:p',
  attributes: { _isType: true, ...attributes },
  features,
});
const speed = (value: number) => ({ speed: { properties: { value } } });
const attributesOf = async (id: string) => (await send('GET', `things/${id}/attributes`)).body;

beforeEach(async () => {
  api = await openHttpApi();
  const entries = {
    owner: { subjects: { 'nginx:ditto': { type: 'test' } }, resources: ALL },
    reader: { subjects: { 'nginx:other': { type: 'test' } }, resources: READ },
  };
  await done('PUT', 'policies/x:p', { entries });
  await done('PUT', 'things/x:car', type(speed(1)));
  await done('PUT', 'things/x:wheel', type(speed(10)));
  await done('PUT', 'things/x:bolt', type({}));
  await done('PUT', 'types/x:car/children/x:wheel', { count: 2 });
  await done('PUT', 'types/x:wheel/children/x:bolt', { count: 1 });
  await done('PUT', 'types/x:car/model', {
    validation: 'reject',
    features: { speed: { schema: { required: ['value'] } } },
  });
  await done('POST', 'types/x:wheel/versions', { version: '2.0.0' });
  await done('POST', 'types/x:car/versions', { version: '1.0.0' });
  await done('PUT', 'things/x:car/features/speed/properties/value', 3);
  await done('PUT', 'things/x:wheel/features/speed/properties/value', 30);
  await done('PATCH', 'types/x:car/children/x:wheel', { count: 4, name: 'w{i}' });
});

afterEach(() => api.close());

describe('instances of a version of a type', () => {
  it('are as the type was then, with the children that it had, each at its version', async () => {
    const made = await send('POST', 'types/x:car/instances', { thingId: 'x:old', version: '1.0.0' });
    expect(made).toMatchObject({ status: 201 });
    expect((made.body as unknown as { created: { thingId: string }[] }).created.map(({ thingId }) => thingId)).toEqual([
      'x:old',
      'x:old:w1',
      'x:old:w2',
      'x:old:w1:bolt',
      'x:old:w2:bolt',
    ]);
    expect(await attributesOf('x:old')).toEqual({ _isType: false, type: 'x:car', _typeVersion: '1.0.0' });
    const wheel = { _isType: false, type: 'x:wheel', _typeVersion: '2.0.0', _parents: 'x:old' };
    expect(await attributesOf('x:old:w1')).toEqual(wheel);
    expect(await attributesOf('x:old:w1:bolt')).toEqual({ _isType: false, type: 'x:bolt', _parents: 'x:old:w1' });
    expect((await send('GET', 'things/x:old/features')).body).toEqual(speed(1));
    expect((await send('GET', 'things/x:old:w1/features')).body).toEqual(speed(10));
    await done('POST', 'types/x:car/instances', { thingId: 'x:new' });
    expect(await attributesOf('x:new')).toEqual({ _isType: false, type: 'x:car' });
    expect((await send('GET', 'things/x:new/features')).body).toEqual(speed(3));
  });

  it('are held to that version, and copies are, too', async () => {
    await done('POST', 'types/x:car/instances', {
      thingId: 'x:old',
      version: '1.0.0',
      values: { attributes: { a: 1 } },
    });
    await done('DELETE', 'types/x:car/model');
    const broken = await send('DELETE', 'things/x:old/features/speed/properties/value');
    expect(broken).toMatchObject({ status: 422, body: { error: 'gemel:composition.twin.invalid' } });
    await done('POST', 'twins/x:old/duplicate', { thingId: 'x:copy' });
    expect(await attributesOf('x:copy')).toMatchObject({ copyOf: 'x:old', type: 'x:car', _typeVersion: '1.0.0', a: 1 });
  });

  it('are planned, and refused with a reason', async () => {
    const instances = 'types/x:car/instances';
    const plan = await send('POST', `${instances}?dryRun=true`, { thingId: 'x:old', version: '1.0.0' });
    expect(plan).toMatchObject({ status: 200, body: { dryRun: true, conflicts: [] } });
    expect((await send('GET', 'things/x:old')).status).toBe(404);
    const refused: readonly [object, number, string, string?][] = [
      [{ version: '9.9.9' }, 404, 'gemel:composition.version.notfound'],
      [{ version: 'new' }, 400, 'gemel:composition.version.invalid'],
      [{ version: 1 }, 400, 'gemel:composition.body.invalid'],
      [{ version: '1.0.0' }, 403, 'gemel:composition.type.unreadable', 'other'],
    ];
    for (const [body, status, error, user] of refused)
      expect(await send('POST', instances, body, user)).toMatchObject({ status, body: { error } });
    // Who sees no attributes finds the type among types, too.
    await done('PUT', 'policies/x:p/entries/reader/resources', { 'thing:/features': READ['policy:/'] });
    expect(await send('GET', 'types/x:car', undefined, 'other')).toMatchObject({ status: 200 });
    expect(await send('POST', instances, { version: '1.0.0' }, 'other')).toMatchObject({
      ...{ status: 403, body: { error: 'gemel:composition.type.unreadable' } },
    });
    const copied = await send('POST', 'twins/x:none/duplicate', { version: '1.0.0' });
    expect(copied).toMatchObject({ status: 400, body: { error: 'gemel:composition.body.invalid' } });
  });
});

describe('a change that breaks a type which only warns', () => {
  it('is made, and says so in its answer', async () => {
    await done('POST', 'types/x:car/instances', { thingId: 'x:mine' });
    const schema = { properties: { value: { maximum: 5 }, more: { type: 'null' } } };
    await done('PUT', 'types/x:car/model', { validation: 'warn', features: { speed: { schema } } });
    const path = 'things/x:mine/features/speed/properties';
    const fine = await send('PUT', `${path}/value`, 4);
    expect([fine.status, fine.headers['warning']]).toEqual([204, undefined]);
    const warned = await send('PUT', `${path}/value`, 6);
    expect([warned.status, warned.headers['warning']]).toEqual([
      204,
      '299 gemel "The twin breaks its type x:car at /features/speed/properties/value"',
    ]);
    const created = await send('PUT', path, { value: 9, more: 1 });
    expect(created.headers['warning']).toMatch(/^299 gemel "The twin breaks its type x:car at [ -~]* and 1 more"$/);
    const made = await send('PUT', 'things/x:other', {
      policyId: 'x:p',
      attributes: { type: 'x:car' },
      features: speed(7),
    });
    expect([made.status, made.headers['warning']]).toEqual([201, expect.stringContaining('299 gemel')]);
  });
});
