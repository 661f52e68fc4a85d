import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const owner = {
  subjects: { 'nginx:ditto': { type: 'test' } },
  resources: {
    'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
    'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
  },
};
const reader = {
  subjects: { 'nginx:other': { type: 'test' } },
  resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
};
const writer = {
  subjects: { 'nginx:other': { type: 'test' } },
  resources: { 'thing:/': { grant: ['READ', 'WRITE'], revoke: [] }, 'policy:/': { grant: ['READ'], revoke: [] } },
};

let api: OpenHttpApi;
type Verb = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
const send = (verb: Verb, path: string, body?: unknown, user = 'ditto'): Promise<Answer> =>
  call(api, verb, `/api/2/${path}`, body, { user });
const put = async (path: string, body: unknown): Promise<void> => {
  expect([201, 204]).toContain((await send('PUT', path, body)).status);
};
const type = (parents?: object, more: object = {}) => ({
  policyId: 'p:shared',
  attributes: { _isType: true, ...(parents === undefined ? {} : { _parents: parents }) },
  ...more,
});
const idsOf = (list: unknown): readonly string[] => (list as { thingId: string }[]).map(({ thingId }) => thingId);
const planOf = ({ body }: Answer) =>
  body as {
    dryRun: boolean;
    created: { thingId: string }[];
    changed: object[];
    deleted: string[];
    conflicts: { thingId: string; error: string; status: number }[];
    surplus?: string[];
  };
const things = async (): Promise<readonly string[]> => {
  const { body } = await send('GET', 'twins?option=size(200)&fields=thingId');
  return idsOf((body as { items: unknown }).items);
};
const commits = () => api.store.end();

beforeEach(async () => {
  api = await openHttpApi();
  await put('policies/p:shared', { entries: { owner, reader } });
  await put('policies/p:own', { entries: { owner } });
  await put('policies/p:open', { entries: { owner, writer } });
  await put('things/t:car', type(undefined, { features: { gps: { properties: { latitude: 1, unit: 'deg' } } } }));
  await put('things/t:axle', type({ 't:car': 2 }));
  await put('things/t:wheel', type({ 't:axle': 2 }));
});
afterEach(() => api.close());

const CAR = ['x:car', 'x:car:axle_1', 'x:car:axle_2'].concat(
  ['x:car:axle_1', 'x:car:axle_2'].flatMap((axle) => [`${axle}:wheel_1`, `${axle}:wheel_2`]),
);

describe('an instance of a type', () => {
  it('is planned, and made in one commit as planned', async () => {
    const before = await commits();
    const dry = await send('POST', 'types/t:car/instances?dryRun=true', { thingId: 'x:car' });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, changed: [], deleted: [], conflicts: [] } });
    expect(idsOf(planOf(dry).created)).toEqual(CAR);
    expect(planOf(dry).created[3]).toEqual({
      thingId: 'x:car:axle_1:wheel_1',
      parent: 'x:car:axle_1',
      type: 't:wheel',
      policyId: 'p:shared',
    });
    expect([await things(), await commits()]).toEqual([[], before]);

    const made = await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect(made).toMatchObject({ status: 201, headers: { location: `${api.url}/api/2/twins/x:car` } });
    expect(made.body).toEqual({ ...planOf(dry), dryRun: false });
    expect(await things()).toEqual(CAR.toSorted());
    expect((await send('GET', 'things/x:car')).body).toEqual({
      thingId: 'x:car',
      policyId: 'p:shared',
      attributes: { _isType: false, type: 't:car' },
      features: { gps: { properties: { latitude: 1, unit: 'deg' } } },
    });
  });

  it('has the values given, which stay when the others are reset', async () => {
    const body = {
      thingId: 'x:car',
      values: { attributes: { name: 'mine' }, features: { gps: { properties: { latitude: 7 } } } },
      resetValues: true,
      children: { 't:axle': { count: 1, values: { attributes: { name: 'front' } } } },
    };
    expect((await send('POST', 'types/t:car/instances', body)).status).toBe(201);
    expect((await send('GET', 'things/x:car')).body).toMatchObject({
      attributes: { name: 'mine' },
      features: { gps: { properties: { latitude: 7, unit: null } } },
    });
    expect((await send('GET', 'things/x:car:axle/attributes/name')).body).toBe('front');
  });

  it('has the parts asked for: counts, ids, none', async () => {
    const children = { 't:axle': { count: 3, ids: ['x:front'], children: { 't:wheel': 0 } } };
    const { body } = await send('POST', 'types/t:car/instances', { thingId: 'x:car', children });
    expect(idsOf((body as { created: unknown }).created)).toEqual(['x:car', 'x:front', 'x:car:axle_2', 'x:car:axle_3']);
  });

  it('has an id of the server’s and a parent, if asked for', async () => {
    await send('POST', 'types/t:wheel/instances', { thingId: 'x:garage' });
    const made = await send('POST', 'types/t:wheel/instances', { parent: 'x:garage' });
    const [{ thingId } = { thingId: '' }] = planOf(made).created;
    expect(thingId).toMatch(/^t:[0-9a-f-]{36}$/);
    expect((await send('GET', `things/${thingId}/attributes/_parents`)).body).toBe('x:garage');
    expect((await send('POST', 'types/t:wheel/instances')).status).toBe(201);
  });

  it('names its parts as the link says', async () => {
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 2, name: '{serial}' });
    await send('PUT', 'types/t:car/children/t:axle', { count: 1, name: 'no{i}-{name}' });
    const without = await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect(without).toMatchObject({ status: 422, body: { error: 'gemel:composition.serial.missing' } });
    const children = { 't:axle': { children: { 't:wheel': { serials: ['A7', 'B9'] } } } };
    const made = await send('POST', 'types/t:car/instances', { thingId: 'x:car', children });
    expect(idsOf(planOf(made).created)).toEqual(['x:car', 'x:car:no1-axle', 'x:car:no1-axle:A7', 'x:car:no1-axle:B9']);
  });

  it('takes one policy for all, or copies of those of the types', async () => {
    await send('POST', 'types/t:wheel/instances', { thingId: 'x:a', policyId: 'p:own' });
    expect((await send('GET', 'things/x:a/policyId')).body).toBe('p:own');
    const copied = await send('POST', 'types/t:car/instances', { thingId: 'x:car', policy: 'copy' });
    expect(new Set(planOf(copied).created.map((each) => (each as { policyId?: string }).policyId))).toEqual(
      new Set(['x:car']),
    );
    expect((await send('GET', 'policies/x:car/entries')).body).toEqual(
      (await send('GET', 'policies/p:shared/entries')).body,
    );
    expect((await send('GET', 'things/x:car:axle_1:wheel_1/policyId')).body).toBe('x:car');
  });

  it('is refused with all that stands against it, and nothing is made', async () => {
    await put('things/x:car:axle_1', { policyId: 'p:own' });
    await put('things/x:car:axle_2:wheel_1', { policyId: 'p:own' });
    const before = await commits();
    const body = { thingId: 'x:car', parent: 'x:none', children: { 'x:other': 1 } };
    const dry = await send('POST', 'types/t:car/instances?dryRun=true', body);
    const errors = planOf(dry).conflicts.map(({ thingId, error }) => `${thingId} ${error}`);
    expect([dry.status, errors.toSorted()]).toEqual([
      200,
      [
        'x:car gemel:composition.parent.notfound',
        'x:car gemel:composition.part.unknown',
        'x:car:axle_1 gemel:composition.exists',
        'x:car:axle_2:wheel_1 gemel:composition.exists',
      ],
    ]);
    const real = await send('POST', 'types/t:car/instances', body);
    expect(real).toMatchObject({ status: 422, body: { status: 422, error: 'gemel:composition.part.unknown' } });
    expect(planOf(real).conflicts).toEqual(planOf(dry).conflicts);

    const taken = await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect(taken).toMatchObject({ status: 409, body: { error: 'gemel:composition.exists' } });
    expect(planOf(taken).conflicts).toHaveLength(2);
    expect(await commits()).toBe(before);
  });

  it('needs the rights of each thing', async () => {
    const denied = await send('POST', 'types/t:car/instances', { thingId: 'x:car' }, 'other');
    expect(denied).toMatchObject({ status: 404, body: { error: 'policies:policy.notfound' } });
    expect(planOf(denied).conflicts).toHaveLength(CAR.length);
    expect(
      (await send('POST', 'types/t:car/instances', { thingId: 'x:car', policyId: 'p:open' }, 'other')).status,
    ).toBe(201);
  });

  it.each([
    ['types/t:none/instances', {}, 404, 'things:thing.notfound'],
    ['twins/t:car/duplicate', {}, 404, 'gemel:composition.kind.wrong'],
    ['types/t:car/instances', [], 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { value: {} }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { thingId: 1 }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { thingId: 'no' }, 400, 'things:id.invalid'],
    ['types/t:car/instances', { policy: 'other' }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { policy: 'copy', policyId: 'p:own' }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { resetValues: 'yes' }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { values: [] }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { values: { policyId: 'p:own' } }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { values: { attributes: { type: 'x' } } }, 422, 'gemel:composition.attribute.reserved'],
    ['types/t:car/instances', { values: { attributes: { _links: 1 } } }, 422, 'gemel:composition.attribute.reserved'],
    ['types/t:car/instances', { children: { 't:axle': -1 } }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { children: { 't:axle': { count: '3' } } }, 400, 'gemel:composition.body.invalid'],
    ['types/t:car/instances', { children: { 't:axle': { ids: [1] } } }, 400, 'gemel:composition.body.invalid'],
    [
      'types/t:car/instances',
      { children: { 't:axle': { count: 1, ids: ['x:a', 'x:b'] } } },
      400,
      'gemel:composition.body.invalid',
    ],
    ['types/t:car/instances', { children: { __proto: 1 } }, 400, 'things:id.invalid'],
    ['types/t:car/instances', { children: { 't:axle': 9_999 } }, 422, 'gemel:composition.toolarge'],
    [
      'types/t:car/instances',
      { children: { 't:axle': { ids: ['x:a', 'x:a'] } } },
      409,
      'gemel:composition.id.ambiguous',
    ],
    ['types/t:car/instances', { thingId: `x:${'c'.repeat(250)}` }, 422, 'gemel:composition.id.invalid'],
    ['types/t:car/instances?dryRun=1', {}, 400, 'gemel:composition.query.invalid'],
  ])('%s with %j is refused: %i %s', async (path, body, status, error) => {
    const before = await commits();
    expect(await send('POST', path, body)).toMatchObject({ status, body: { error } });
    expect(await commits()).toBe(before);
  });

  it('is not made of a type that contains itself', async () => {
    await put('things/t:car/attributes/_parents', { 't:wheel': 1 });
    const refused = await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect(refused).toMatchObject({ status: 409, body: { error: 'gemel:composition.cycle' } });
    expect((refused.body as { message: string }).message).toContain('t:car > t:axle > t:wheel > t:car');
  });
});

describe('a tree of twins', () => {
  beforeEach(async () => {
    await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    await put('things/x:garage', { policyId: 'p:shared' });
  });

  it('is copied with values, names and types', async () => {
    await put('things/x:car/attributes/colour', 'red');
    const copy = await send('POST', 'twins/x:car/duplicate', { thingId: 'y:copy', parent: 'x:garage' });
    expect(copy.status).toBe(201);
    expect(idsOf(planOf(copy).created)).toEqual(CAR.map((id) => id.replace('x:car', 'y:copy')));
    expect((await send('GET', 'things/y:copy')).body).toMatchObject({
      attributes: { colour: 'red', copyOf: 'x:car', type: 't:car', _parents: 'x:garage' },
      features: { gps: { properties: { latitude: 1 } } },
    });
  });

  it('moves below another twin and out again', async () => {
    const move = (parent: unknown, query = '') => send('POST', `twins/x:car/move${query}`, { parent });
    const dry = await move('x:garage', '?dryRun=true');
    expect(planOf(dry)).toEqual({
      dryRun: true,
      created: [],
      changed: [{ thingId: 'x:car', path: '/attributes/_parents', before: null, after: 'x:garage' }],
      deleted: [],
      conflicts: [],
    });
    expect((await send('GET', 'twins/x:garage/children')).body).toEqual({ items: [] });
    expect((await move('x:garage')).body).toEqual({ ...planOf(dry), dryRun: false });
    expect((await move('x:garage')).body).toMatchObject({ changed: [] });
    expect((await move(null)).body).toMatchObject({ changed: [{ before: 'x:garage', after: null }] });
    expect((await send('GET', 'twins?roots=true&fields=thingId')).body).toEqual({
      items: [{ thingId: 'x:car' }, { thingId: 'x:garage' }],
    });
  });

  it.each([
    ['x:car', { parent: 'x:car:axle_1:wheel_2' }, 409, 'gemel:composition.cycle'],
    ['x:car', { parent: 'x:car' }, 409, 'gemel:composition.cycle'],
    ['x:car', { parent: 'x:none' }, 404, 'gemel:composition.parent.notfound'],
    ['x:car', { parent: 't:car' }, 404, 'gemel:composition.parent.notfound'],
    ['t:car', { parent: 'x:garage' }, 404, 'gemel:composition.kind.wrong'],
    ['x:none', { parent: 'x:garage' }, 404, 'things:thing.notfound'],
    ['x:car', {}, 400, 'gemel:composition.body.invalid'],
    ['x:car', { parent: 5 }, 400, 'gemel:composition.body.invalid'],
    ['x:car', { parent: 'x:garage', place: 1 }, 400, 'gemel:composition.body.invalid'],
    ['x:car', { parent: 'x:garage', position: -1 }, 400, 'gemel:composition.body.invalid'],
    ['x:car', { parent: 'x:garage', position: 1.5 }, 400, 'gemel:composition.body.invalid'],
    ['x:car', { parent: 'x:garage', position: '1' }, 400, 'gemel:composition.body.invalid'],
    ['x:car', { parent: null, position: 1 }, 422, 'gemel:composition.position.none'],
    ['x:car', { position: 1 }, 422, 'gemel:composition.position.none'],
    ['x:car:axle_1', { parent: 'x:car:axle_1', position: 0 }, 409, 'gemel:composition.cycle'],
  ])('of %s does not move with %j: %i %s', async (id, body, status, error) => {
    const before = await commits();
    expect(await send('POST', `twins/${id}/move`, body)).toMatchObject({ status, body: { error } });
    expect(await commits()).toBe(before);
  });

  it('is deleted whole, in one commit, when asked for', async () => {
    const dry = await send('DELETE', 'twins/x:car?tree=true&dryRun=true');
    expect([dry.status, planOf(dry).deleted.toSorted()]).toEqual([200, CAR.toSorted()]);
    expect(await things()).toHaveLength(CAR.length + 1);
    expect((await send('DELETE', 'twins/x:car?tree=true')).body).toEqual({ ...planOf(dry), dryRun: false });
    expect(await things()).toEqual(['x:garage']);
  });

  it('loses its root only otherwise', async () => {
    const { body } = await send('DELETE', 'twins/x:car');
    expect(body).toMatchObject({
      deleted: ['x:car'],
      changed: ['x:car:axle_1', 'x:car:axle_2'].map((thingId) => ({ thingId, before: 'x:car', after: null })),
    });
    expect(await things()).toHaveLength(CAR.length);
  });

  it.each(['twins/x:car?tree=true', 'twins/x:car'])(
    'is not touched by %s when a part of it is hidden',
    async (path) => {
      for (const id of CAR) await put(`things/${id}/policyId`, 'p:open');
      await put('things/x:car:axle_1/policyId', 'p:own');
      expect(await send('DELETE', path, undefined, 'other')).toMatchObject({
        status: 403,
        body: { error: 'gemel:composition.hidden' },
      });
      expect(await things()).toHaveLength(CAR.length + 1);
    },
  );

  it('is not deleted by who may only read it', async () => {
    const refused = await send('DELETE', 'twins/x:car?tree=true', undefined, 'other');
    expect(refused).toMatchObject({ status: 403, body: { error: 'things:thing.notdeletable' } });
    expect(planOf(refused).conflicts).toHaveLength(CAR.length);
  });
});

describe('links between types', () => {
  const link = 'types/t:car/children/t:axle';

  it('have a count and a name, kept in attributes that are there only when used', async () => {
    expect((await send('GET', link)).body).toEqual({ count: 2 });
    const dry = await send('PUT', `${link}?dryRun=true`, { count: 3, name: '{name}-{i}' });
    expect(planOf(dry).changed).toEqual([
      {
        thingId: 't:axle',
        path: '/attributes',
        before: { _parents: { 't:car': 2 } },
        after: { _parents: { 't:car': 3 }, _links: { 't:car': { name: '{name}-{i}' } } },
      },
    ]);
    expect((await send('PUT', link, { count: 3, name: '{name}-{i}' })).body).toEqual({ ...planOf(dry), dryRun: false });
    await send('PATCH', link, { count: 4 });
    expect((await send('GET', link)).body).toEqual({ count: 4, name: '{name}-{i}' });
    await send('PATCH', link, { name: null });
    expect((await send('GET', 'things/t:axle/attributes')).body).toEqual({ _isType: true, _parents: { 't:car': 4 } });
    await send('PUT', link, { name: 'a{i}' });
    expect((await send('GET', link)).body).toEqual({ count: 1, name: 'a{i}' });
    expect((await send('DELETE', link)).status).toBe(200);
    expect((await send('GET', 'things/t:axle/attributes')).body).toEqual({ _isType: true });
    expect(await send('GET', link)).toMatchObject({ status: 404, body: { error: 'gemel:composition.link.notfound' } });
    expect(await send('DELETE', link)).toMatchObject({ status: 404 });
  });

  it('name parts the same only where there is one, but for what was written before', async () => {
    await send('PUT', link, { name: 'left' });
    const named = { status: 422, body: { error: 'gemel:composition.name.ambiguous' } };
    expect(await send('PATCH', link, { count: 2 })).toMatchObject(named);
    const dry = await send('PATCH', `${link}?dryRun=true`, { count: 2 });
    expect(planOf(dry).conflicts).toMatchObject([{ thingId: 't:axle', error: 'gemel:composition.name.ambiguous' }]);
    await put('things/t:axle/attributes/_parents/t:car', 2);
    expect((await send('PATCH', link, { position: 0 })).status).toBe(200);
    expect(await send('POST', 'types/t:car/instances', {})).toMatchObject({
      status: 409,
      body: { error: 'gemel:composition.id.ambiguous' },
    });
    expect((await send('PATCH', link, { name: 'left{i}' })).status).toBe(200);
  });

  it.each([
    ['PUT', 'types/t:wheel/children/t:car', { count: 1 }, 409, 'gemel:composition.cycle'],
    ['PUT', 'types/t:car/children/t:car', { count: 1 }, 409, 'gemel:composition.cycle'],
    ['PUT', 'types/t:car/children/t:none', { count: 1 }, 404, 'things:thing.notfound'],
    ['PUT', 'types/t:none/children/t:car', { count: 1 }, 404, 'things:thing.notfound'],
    ['PUT', link, { count: 0 }, 400, 'gemel:composition.body.invalid'],
    ['PUT', link, { count: 1.5 }, 400, 'gemel:composition.body.invalid'],
    ['PUT', link, { count: 1e9 }, 400, 'gemel:composition.body.invalid'],
    ['PUT', link, { count: '2' }, 400, 'gemel:composition.body.invalid'],
    ['PUT', link, { number: 2 }, 400, 'gemel:composition.body.invalid'],
    ['PUT', link, 'text', 400, 'gemel:composition.body.invalid'],
    ['PUT', link, { name: '' }, 422, 'gemel:composition.name.invalid'],
    ['PUT', link, { name: 'a/b' }, 422, 'gemel:composition.name.invalid'],
    ['PUT', link, { name: '{other}' }, 422, 'gemel:composition.name.invalid'],
    ['PATCH', link, { name: 7 }, 400, 'gemel:composition.body.invalid'],
    ['PUT', link, { count: 2, name: 'left' }, 422, 'gemel:composition.name.ambiguous'],
    ['PATCH', link, { name: '{name}' }, 422, 'gemel:composition.name.ambiguous'],
  ] as const)('%s %s with %j is refused: %i %s', async (verb, path, body, status, error) => {
    const before = await commits();
    expect(await send(verb, path, body)).toMatchObject({ status, body: { error } });
    expect(await commits()).toBe(before);
  });
});

describe('reconciling', () => {
  const reconcile = (query = '', body: unknown = {}) => send('POST', `types/t:axle/reconcile${query}`, body);
  const wheels = (axle: string, ...numbers: number[]) => numbers.map((number) => `${axle}:wheel_${String(number)}`);

  beforeEach(() => send('POST', 'types/t:car/instances', { thingId: 'x:car' }));

  it('adds what is missing under the lowest free numbers', async () => {
    expect((await reconcile()).body).toMatchObject({ created: [], changed: [], deleted: [], surplus: [] });
    await send('DELETE', 'twins/x:car:axle_1:wheel_1');
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 3 });
    const added = [...wheels('x:car:axle_1', 1, 3), ...wheels('x:car:axle_2', 3)];
    const dry = await reconcile('?dryRun=true');
    expect(idsOf(planOf(dry).created)).toEqual(added);
    expect((await reconcile()).body).toEqual({ ...planOf(dry), dryRun: false });
    expect((await reconcile()).body).toMatchObject({ created: [] });
  });

  it('counts a part without a number as the first one', async () => {
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 1 });
    await send('POST', 'types/t:axle/instances', { thingId: 'x:single' });
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 2 });
    expect(idsOf(planOf(await reconcile()).created)).toEqual(['x:single:wheel_2']);
  });

  it('deletes what is too much only when asked for, with all below it', async () => {
    await put('things/x:valve', { policyId: 'p:shared', attributes: { _parents: 'x:car:axle_1:wheel_2' } });
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 1 });
    const surplus = [...wheels('x:car:axle_1', 2), ...wheels('x:car:axle_2', 2)];
    expect((await reconcile()).body).toMatchObject({ deleted: [], surplus });
    const removed = await reconcile('', { removeSurplus: true });
    expect(planOf(removed).deleted.toSorted()).toEqual([...surplus, 'x:valve'].toSorted());
    expect(await things()).toEqual([
      'x:car',
      'x:car:axle_1',
      ...wheels('x:car:axle_1', 1),
      'x:car:axle_2',
      ...wheels('x:car:axle_2', 1),
    ]);
  });

  it('deletes nothing above twins that the caller may not read', async () => {
    await send('POST', 'types/t:axle/instances', { thingId: 'x:open', policyId: 'p:open' });
    for (const wheel of wheels('x:open', 1, 2)) await put(`things/${wheel}/policyId`, 'p:open');
    await put('things/x:valve', { policyId: 'p:own', attributes: { _parents: 'x:open:wheel_2' } });
    await put('things/x:car:axle_1/policyId', 'p:own');
    await put('things/x:car:axle_2/policyId', 'p:own');
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 1 });
    const before = await things();
    const refused = await send('POST', 'types/t:axle/reconcile', { removeSurplus: true }, 'other');
    expect(refused).toMatchObject({
      status: 403,
      body: { error: 'gemel:composition.hidden', conflicts: [{ thingId: 'x:open:wheel_2' }] },
    });
    expect(await things()).toEqual(before);
  });

  it('makes no more parts at once than any other change', async () => {
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 5_003 });
    const conflicts = [{ thingId: 't:axle', error: 'gemel:composition.toolarge' }];
    expect(await reconcile('?dryRun=true')).toMatchObject({ status: 200, body: { created: [], conflicts } });
    expect(await reconcile()).toMatchObject({ status: 422, body: { conflicts } });
  });

  it('gives new parts the policy of a tree that has its own', async () => {
    await send('POST', 'types/t:axle/instances', { thingId: 'x:own', policyId: 'p:own' });
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 3 });
    expect((await reconcile()).status).toBe(200);
    expect((await send('GET', 'things/x:own:wheel_3/policyId')).body).toBe('p:own');
    expect((await send('GET', 'things/x:car:axle_1:wheel_3/policyId')).body).toBe('p:shared');
  });

  it.each([
    ['types/x:car/reconcile', {}, 404],
    ['types/t:none/reconcile', {}, 404],
    ['types/t:car/reconcile', { removeSurplus: 'yes' }, 400],
    ['types/t:car/reconcile', { remove: true }, 400],
  ])('%s with %j answers %i', async (path, body, status) => {
    expect((await send('POST', path, body)).status).toBe(status);
  });
});
