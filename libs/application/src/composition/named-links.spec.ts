import { InstanceIdInvalid } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { valueAt } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

const car = parseThingId('t:car');
const truck = parseThingId('t:truck');
const wheel = parseThingId('t:wheel');
const mycar = parseThingId('x:mycar');
const body = { policyId: 'example:policy' };
const real = { dryRun: false };

describe('a link with a name, to the extended API', () => {
  let app: OpenComposition;
  const name = (parentId: typeof car, text: string) =>
    app.changes.links.set({ parentId, childId: wheel }, { count: 2, name: text }, real, app.owner);
  const attributes = () => valueAt(app.stored(wheel), ['attributes']);

  beforeEach(async () => {
    app = await openComposition();
    for (const id of [car, truck, wheel]) await app.types.put(id, body, app.owner);
    await name(car, 'no{i}');
    await name(truck, 'left{i}');
  });

  it('names what is created', async () => {
    const ids = await app.trees.instantiate(car, mycar, { body: undefined }, app.owner);
    expect(ids).toEqual(['x:mycar', 'x:mycar:no1', 'x:mycar:no2']);
  });

  it('cannot name what needs a serial', async () => {
    await name(car, 's{serial}');
    await expect(app.trees.instantiate(car, mycar, { body: undefined }, app.owner)).rejects.toThrow(InstanceIdInvalid);
  });

  it('goes with the link', async () => {
    await app.types.unlink(wheel, car, app.owner);
    expect(attributes()).toEqual({
      _isType: true,
      _parents: { 't:truck': 2 },
      _links: { 't:truck': { name: 'left{i}' } },
    });
    await app.types.unlinkParents(wheel, app.owner);
    expect(attributes()).toEqual({ _isType: true });
  });

  it('stays when the type is replaced', async () => {
    await app.types.put(wheel, { ...body, attributes: { colour: 'black' } }, app.owner);
    expect(attributes()).toMatchObject({ colour: 'black', _links: { 't:car': { name: 'no{i}' } } });
  });
});
