import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const RIGHTS = {
  'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
  'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
};

let api: OpenHttpApi;

type Method = Parameters<typeof call>[1];
const send = (method: Method, path: string, body?: unknown): Promise<Answer> =>
  call(api, method, `/api/2/${path}`, body);
const done = async (...args: Parameters<typeof send>): Promise<void> => {
  const { status, text } = await send(...args);
  expect([200, 201, 204, text]).toContain(status);
};
const features = async (id: string) => (await send('GET', `things/${id}/features`)).body;

beforeEach(async () => {
  api = await openHttpApi();
  await done('PUT', 'policies/x:p', {
    entries: { o: { subjects: { 'nginx:ditto': { type: 't' } }, resources: RIGHTS } },
  });
  await done('PUT', 'things/x:car', {
    policyId: 'x:p',
    attributes: { _isType: true, maker: 'ACME' },
    features: { engine: { properties: { rpm: 0, limit: 5000, unit: 'rpm', fuel: 'petrol' } } },
  });
  await done('PUT', 'types/x:car/model', { features: { engine: { properties: { rpm: { reset: true } } } } });
  await done('POST', 'types/x:car/versions', { version: '1.0.0' });
  for (const id of ['x:a', 'x:b']) {
    await done('POST', 'types/x:car/instances', { thingId: id });
    await done('PUT', `things/${id}/attributes/_typeVersion`, '1.0.0');
  }
  await done('PATCH', 'things/x:b', { features: { engine: { properties: { rpm: 900, limit: 4000 } } } });
  await done('PATCH', 'things/x:car', {
    attributes: { maker: 'ACME Ltd' },
    features: { engine: { properties: { limit: 6000, gear: 1, fuel: null } }, gps: { properties: { lat: 0 } } },
  });
});

afterEach(() => api.close());

describe('twins that move with their type', () => {
  beforeEach(async () => {
    await done('PUT', 'types/x:car/model', {
      validation: 'reject',
      features: {
        engine: { schema: { properties: { limit: { maximum: 7000 } } }, properties: { rpm: { reset: true } } },
        gps: { properties: { lat: { reset: true }, fix: { default: 'none' } } },
      },
    });
    await done('POST', 'types/x:car/versions', { version: '2.0.0' });
  });

  it('follow it where they are as it made them, and keep what was changed', async () => {
    const moved = await send('POST', 'types/x:car/migrations', { to: '2.0.0' });
    expect(moved).toMatchObject({ status: 200, body: { dryRun: false, migrationId: expect.any(String) } });
    expect((await send('GET', 'things/x:a')).body).toMatchObject({
      attributes: { maker: 'ACME Ltd', type: 'x:car', _typeVersion: '2.0.0' },
    });
    expect(await features('x:a')).toEqual({
      engine: { properties: { rpm: null, limit: 6000, unit: 'rpm', gear: 1 } },
      gps: { properties: { fix: 'none' } },
    });
    expect(await features('x:b')).toEqual({
      engine: { properties: { rpm: 900, limit: 4000, unit: 'rpm', gear: 1 } },
      gps: { properties: { fix: 'none' } },
    });
    expect((await send('PUT', 'things/x:a/features/engine/properties/limit', 8000)).status).toBe(422);
    const again = await send('POST', 'types/x:car/migrations', { to: '2.0.0' });
    expect(again).toMatchObject({ status: 200, body: { changed: [] } });
  });

  it('are planned first, and left as they are by a plan', async () => {
    const before = await features('x:a');
    const plan = await send('POST', 'types/x:car/migrations?dryRun=true', { to: '2.0.0' });
    expect(plan).toMatchObject({
      status: 200,
      body: { dryRun: true, changed: [{ thingId: 'x:a' }, { thingId: 'x:b' }], conflicts: [] },
    });
    expect((await send('GET', 'types/x:car/impact?version=2.0.0')).body).toMatchObject({ twins: 2, conflicts: [] });
    expect((await send('GET', 'types/x:car/impact?version=2.0.0&from=0.1.0')).body).toMatchObject({ twins: 0 });
    expect(await features('x:a')).toEqual(before);
  });

  it('are foreseen by who may read them, and moved by who may write them', async () => {
    const resources = { 'thing:/': { grant: ['READ'], revoke: [] } };
    await done('PUT', 'policies/x:p/entries/reader', { subjects: { 'nginx:other': { type: 't' } }, resources });
    const asOther = (method: Method, path: string, body?: unknown) =>
      call(api, method, `/api/2/types/x:car/${path}`, body, { user: 'other' });
    expect(await asOther('GET', 'impact?version=2.0.0')).toMatchObject({
      status: 200,
      body: {
        twins: 2,
        conflicts: [
          { thingId: 'x:a', status: 403 },
          { thingId: 'x:b', status: 403 },
        ],
      },
    });
    for (const path of ['migrations', 'migrations?dryRun=true'])
      expect(await asOther('POST', path, { to: '2.0.0' })).toMatchObject({ status: 403 });
  });

  it('move back, but for what was changed since', async () => {
    const before = (await send('GET', 'things/x:a')).body;
    const { body } = await send('POST', 'types/x:car/migrations', { to: '2.0.0' });
    const { migrationId } = body as { migrationId: string };
    await done('PUT', 'things/x:b/features/engine/properties/gear', 3);
    expect((await send('POST', `types/x:car/migrations/${migrationId}/undo`)).status).toBe(200);
    expect((await send('GET', 'things/x:a')).body).toEqual(before);
    expect(await features('x:b')).toEqual({
      engine: { properties: { rpm: 900, limit: 4000, unit: 'rpm', fuel: 'petrol', gear: 3 } },
    });
    const unknown = await send('POST', 'types/x:car/migrations/nothing/undo');
    expect(unknown).toMatchObject({ status: 404, body: { error: 'gemel:composition.migration.notfound' } });
  });

  it('take values along as the mapping says', async () => {
    const mapping = {
      rename: { '/features/engine/properties/limit': '/features/engine/properties/maxRpm' },
      remove: ['/features/engine/properties/unit'],
      set: { '/attributes/checked': true },
    };
    await done('POST', 'types/x:car/migrations', { to: '2.0.0', from: '1.0.0', mapping });
    expect((await send('GET', 'things/x:b/attributes/checked')).body).toBe(true);
    expect(await features('x:b')).toMatchObject({ engine: { properties: { rpm: 900, maxRpm: 4000 } } });
    expect((await send('GET', 'things/x:b/features/engine/properties/unit')).status).toBe(404);
  });

  it('all stay when one of them would break its type', async () => {
    await done('PUT', 'things/x:b/features/engine/properties/limit', 9000);
    const before = [await features('x:a'), await features('x:b')];
    const mapping = { set: { '/features/engine/properties/limit': 9999 } };
    const refused = await send('POST', 'types/x:car/migrations', { to: '2.0.0', mapping });
    expect(refused).toMatchObject({
      status: 422,
      body: { error: 'gemel:composition.twin.invalid', conflicts: [{ thingId: 'x:a' }, { thingId: 'x:b' }] },
    });
    expect([await features('x:a'), await features('x:b')]).toEqual(before);
  });

  it.each([
    [{}, 400, 'gemel:composition.migration.invalid'],
    [[], 400, 'gemel:composition.migration.invalid'],
    [{ to: '2.0.0', twins: [] }, 400, 'gemel:composition.migration.invalid'],
    [{ to: '2' }, 400, 'gemel:composition.version.invalid'],
    [{ to: '3.0.0' }, 404, 'gemel:composition.version.notfound'],
    [{ to: '2.0.0', mapping: { remove: ['/attributes/_isType'] } }, 400, 'gemel:composition.migration.mapping.invalid'],
    [{ to: '2.0.0', mapping: { remove: ['/policyId'] } }, 400, 'gemel:composition.migration.mapping.invalid'],
    [{ to: '2.0.0', mapping: { set: { '/features//x': 1 } } }, 400, 'gemel:composition.migration.mapping.invalid'],
    [{ to: '2.0.0', mapping: { rename: { '/features/a': 7 } } }, 400, 'gemel:composition.migration.mapping.invalid'],
  ])('are not moved by %j', async (body, status, error) => {
    expect(await send('POST', 'types/x:car/migrations', body)).toMatchObject({ status, body: { error } });
  });
});

describe('what hangs on a type', () => {
  it('is told without a version', async () => {
    await done('PUT', 'things/x:van', { policyId: 'x:p', attributes: { _isType: true } });
    await done('PUT', 'types/x:van/model', { extends: 'x:car' });
    await done('PUT', 'things/x:bus', { policyId: 'x:p', attributes: { _isType: true } });
    await done('PUT', 'types/x:bus/model', { mixins: ['x:van'] });
    await done('PUT', 'things/x:broken', { policyId: 'x:p', attributes: { _isType: true, _model: 'none' } });
    for (const [id, parents] of [
      ['x:wheel', { 'x:car': 4 }],
      ['x:car', { 'x:train': 2 }],
    ] as const) {
      await done('PATCH', `things/${id}`, { policyId: 'x:p', attributes: { _isType: true, _parents: parents } });
    }
    await done('POST', 'types/x:car/instances', { thingId: 'x:c' });
    await done('PUT', 'types/x:car/model', { features: { engine: { schema: { required: ['serial'] } } } });

    expect(await send('GET', 'types/x:car/impact')).toMatchObject({
      status: 200,
      body: {
        twins: 3,
        byVersion: [{ twins: 1 }, { version: '1.0.0', twins: 2 }],
        violations: 1,
        takenBy: ['x:bus', 'x:van'],
        parents: { 'x:train': 2 },
        children: ['x:wheel'],
      },
    });
    expect((await send('GET', 'types/x:car/impact?from=1.0.0')).status).toBe(400);
    expect((await send('GET', 'types/x:a/impact')).status).toBe(404);
    expect((await send('GET', 'types/x:none/impact')).status).toBe(404);
  });
});

describe('reports', () => {
  it('say where a twin, or a tree, breaks its types', async () => {
    await done('PUT', 'things/x:b/attributes/_parents', 'x:a');
    await done('PATCH', 'things/x:b', { attributes: { _typeVersion: null } });
    await done('PUT', 'types/x:car/model', {
      features: { engine: { schema: { properties: { limit: { maximum: 100 } } } } },
    });
    expect((await send('GET', 'twins/x:a/violations')).body).toEqual({ checked: 1, items: [] });
    expect((await send('GET', 'twins/x:a/violations?tree=true')).body).toEqual({
      checked: 2,
      items: [
        {
          thingId: 'x:b',
          typeId: 'x:car',
          violations: [
            { pointer: '/features/engine/properties/limit', keyword: 'maximum', message: 'must be 100 or less' },
          ],
        },
      ],
    });
    expect((await send('GET', 'twins/x:none/violations')).status).toBe(404);
    expect((await send('GET', 'twins/x:a/violations?tree=perhaps')).status).toBe(400);
  });

  it('are made of things only', async () => {
    for (const body of [[], 'text', 5]) {
      expect(await send('POST', 'types/x:car/validate', body)).toMatchObject({
        status: 400,
        body: { error: 'gemel:composition.body.invalid' },
      });
    }
  });

  it('say where content that nobody has stored would break a type', async () => {
    await done('PUT', 'types/x:car/model', { features: { engine: { required: true, schema: { required: ['rpm'] } } } });
    const check = (twin: unknown) => send('POST', 'types/x:car/validate', twin);
    expect((await check({ features: { engine: { properties: { rpm: 1 } } } })).body).toEqual({
      valid: true,
      violations: [],
    });
    expect((await check({})).body).toMatchObject({ valid: false, violations: [{ pointer: '/features/engine' }] });
    expect((await check([])).status).toBe(400);
  });
});
