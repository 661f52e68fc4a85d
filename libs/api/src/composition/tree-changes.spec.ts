import { CAR_PARTS, idsOf, planIn, vehicleTypes } from '@gemel/testkit/http-api';

const { send, put, twins, commits } = vehicleTypes();

describe('a tree of twins', () => {
  beforeEach(async () => {
    await send('POST', 'types/t:car/instances', { thingId: 'x:car' });
    await put('things/x:garage', { policyId: 'p:shared' });
  });

  it('is copied with values, names and types', async () => {
    await put('things/x:car/attributes/colour', 'red');
    const copy = await send('POST', 'twins/x:car/duplicate', { thingId: 'y:copy', parent: 'x:garage' });
    expect(copy.status).toBe(201);
    expect(idsOf(planIn(copy).created)).toEqual(CAR_PARTS.map((id) => id.replace('x:car', 'y:copy')));
    expect((await send('GET', 'things/y:copy')).body).toMatchObject({
      attributes: { colour: 'red', copyOf: 'x:car', type: 't:car', _parents: 'x:garage' },
      features: { gps: { properties: { latitude: 1 } } },
    });
  });

  it('moves below another twin and out again', async () => {
    const move = (parent: unknown, query = '') => send('POST', `twins/x:car/move${query}`, { parent });
    const dry = await move('x:garage', '?dryRun=true');
    expect(planIn(dry)).toEqual({
      dryRun: true,
      created: [],
      changed: [{ thingId: 'x:car', path: '/attributes/_parents', before: null, after: 'x:garage' }],
      deleted: [],
      conflicts: [],
    });
    expect((await send('GET', 'twins/x:garage/children')).body).toEqual({ items: [] });
    expect((await move('x:garage')).body).toEqual({ ...planIn(dry), dryRun: false });
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
    expect([dry.status, planIn(dry).deleted.toSorted()]).toEqual([200, CAR_PARTS.toSorted()]);
    expect(await twins()).toHaveLength(CAR_PARTS.length + 1);
    expect((await send('DELETE', 'twins/x:car?tree=true')).body).toEqual({ ...planIn(dry), dryRun: false });
    expect(await twins()).toEqual(['x:garage']);
  });

  it('loses its root only otherwise', async () => {
    const { body } = await send('DELETE', 'twins/x:car');
    expect(body).toMatchObject({
      deleted: ['x:car'],
      changed: ['x:car:axle_1', 'x:car:axle_2'].map((thingId) => ({ thingId, before: 'x:car', after: null })),
    });
    expect(await twins()).toHaveLength(CAR_PARTS.length);
  });

  it.each(['twins/x:car?tree=true', 'twins/x:car'])(
    'is not touched by %s when a part of it is hidden',
    async (path) => {
      for (const id of CAR_PARTS) await put(`things/${id}/policyId`, 'p:open');
      await put('things/x:car:axle_1/policyId', 'p:own');
      expect(await send('DELETE', path, undefined, 'other')).toMatchObject({
        status: 403,
        body: { error: 'gemel:composition.hidden' },
      });
      expect(await twins()).toHaveLength(CAR_PARTS.length + 1);
    },
  );

  it('is not deleted by who may only read it', async () => {
    const refused = await send('DELETE', 'twins/x:car?tree=true', undefined, 'other');
    expect(refused).toMatchObject({ status: 403, body: { error: 'things:thing.notdeletable' } });
    expect(planIn(refused).conflicts).toHaveLength(CAR_PARTS.length);
  });
});
