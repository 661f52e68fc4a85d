import { idsOf, planIn, vehicleTypes } from '@gemel/testkit/http-api';

const { send, put, twins, commits } = vehicleTypes();

describe('links between types', () => {
  const link = 'types/t:car/children/t:axle';

  it('have a count and a name, kept in attributes that are there only when used', async () => {
    expect((await send('GET', link)).body).toEqual({ count: 2 });
    const dry = await send('PUT', `${link}?dryRun=true`, { count: 3, name: '{name}-{i}' });
    expect(planIn(dry).changed).toEqual([
      {
        thingId: 't:axle',
        path: '/attributes',
        before: { _parents: { 't:car': 2 } },
        after: { _parents: { 't:car': 3 }, _links: { 't:car': { name: '{name}-{i}' } } },
      },
    ]);
    expect((await send('PUT', link, { count: 3, name: '{name}-{i}' })).body).toEqual({ ...planIn(dry), dryRun: false });
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
    expect(planIn(dry).conflicts).toMatchObject([{ thingId: 't:axle', error: 'gemel:composition.name.ambiguous' }]);
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
    expect(idsOf(planIn(dry).created)).toEqual(added);
    expect((await reconcile()).body).toEqual({ ...planIn(dry), dryRun: false });
    expect((await reconcile()).body).toMatchObject({ created: [] });
  });

  it('counts a part without a number as the first one', async () => {
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 1 });
    await send('POST', 'types/t:axle/instances', { thingId: 'x:single' });
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 2 });
    expect(idsOf(planIn(await reconcile()).created)).toEqual(['x:single:wheel_2']);
  });

  it('deletes what is too much only when asked for, with all below it', async () => {
    await put('things/x:valve', { policyId: 'p:shared', attributes: { _parents: 'x:car:axle_1:wheel_2' } });
    await send('PUT', 'types/t:axle/children/t:wheel', { count: 1 });
    const surplus = [...wheels('x:car:axle_1', 2), ...wheels('x:car:axle_2', 2)];
    expect((await reconcile()).body).toMatchObject({ deleted: [], surplus });
    const removed = await reconcile('', { removeSurplus: true });
    expect(planIn(removed).deleted.toSorted()).toEqual([...surplus, 'x:valve'].toSorted());
    expect(await twins()).toEqual([
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
    const before = await twins();
    const refused = await send('POST', 'types/t:axle/reconcile', { removeSurplus: true }, 'other');
    expect(refused).toMatchObject({
      status: 403,
      body: { error: 'gemel:composition.hidden', conflicts: [{ thingId: 'x:open:wheel_2' }] },
    });
    expect(await twins()).toEqual(before);
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
