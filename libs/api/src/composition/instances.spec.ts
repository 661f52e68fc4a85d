import { CAR_PARTS, idsOf, planIn, vehicleTypes } from '@gemel/testkit/http-api';

const vehicles = vehicleTypes();
const { send, put, twins, commits } = vehicles;

describe('an instance of a type', () => {
  it('is planned, and made in one commit as planned', async () => {
    const before = await commits();
    const dry = await send('POST', 'types/t:car/instances?dryRun=true', { thingId: 'x:car' });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, changed: [], deleted: [], conflicts: [] } });
    expect(idsOf(planIn(dry).created)).toEqual(CAR_PARTS);
    expect(planIn(dry).created[3]).toEqual({
      thingId: 'x:car:axle_1:wheel_1',
      parent: 'x:car:axle_1',
      type: 't:wheel',
      policyId: 'p:shared',
    });
    expect([await twins(), await commits()]).toEqual([[], before]);

    const made = await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect(made).toMatchObject({ status: 201, headers: { location: `${vehicles.url}/api/2/twins/x:car` } });
    expect(made.body).toEqual({ ...planIn(dry), dryRun: false });
    expect(await twins()).toEqual(CAR_PARTS.toSorted());
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
    const [{ thingId } = { thingId: '' }] = planIn(made).created;
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
    expect(idsOf(planIn(made).created)).toEqual(['x:car', 'x:car:no1-axle', 'x:car:no1-axle:A7', 'x:car:no1-axle:B9']);
  });

  it('takes one policy for all, or copies of those of the types', async () => {
    await send('POST', 'types/t:wheel/instances', { thingId: 'x:a', policyId: 'p:own' });
    expect((await send('GET', 'things/x:a/policyId')).body).toBe('p:own');
    const copied = await send('POST', 'types/t:car/instances', { thingId: 'x:car', policy: 'copy' });
    expect(new Set(planIn(copied).created.map((each) => (each as { policyId?: string }).policyId))).toEqual(
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
    const errors = planIn(dry).conflicts.map(({ thingId, error }) => `${thingId} ${error}`);
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
    expect(planIn(real).conflicts).toEqual(planIn(dry).conflicts);

    const taken = await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    expect(taken).toMatchObject({ status: 409, body: { error: 'gemel:composition.exists' } });
    expect(planIn(taken).conflicts).toHaveLength(2);
    expect(await commits()).toBe(before);
  });

  it('needs the rights of each thing', async () => {
    const denied = await send('POST', 'types/t:car/instances', { thingId: 'x:car' }, 'other');
    expect(denied).toMatchObject({ status: 404, body: { error: 'policies:policy.notfound' } });
    expect(planIn(denied).conflicts).toHaveLength(CAR_PARTS.length);
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
