import { AttributeRestricted, InstanceIdInvalid, NameTemplateAmbiguous } from '@gemel/model/composition';
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

  it('is not for several parts when it names them the same', async () => {
    const link = (count: number) => app.types.link(wheel, { parentId: car, count }, undefined, app.owner);
    await app.changes.links.set({ parentId: car, childId: wheel }, { count: 1, name: 'left' }, real, app.owner);
    await link(1);
    await expect(link(2)).rejects.toThrow(NameTemplateAmbiguous);
    expect(attributes()).toMatchObject({ _parents: { 't:car': 1 } });
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

describe('a position, to the extended API', () => {
  it('is that of the parts of what is made, of types and of twins', async () => {
    const app = await openComposition();
    for (const id of [car, truck, wheel]) await app.types.put(id, body, app.owner);
    const link = (childId: typeof car, position?: number) =>
      app.changes.links.set({ parentId: car, childId }, { count: 1, position }, real, app.owner);
    await link(wheel);
    await link(truck, 9);
    const position = (id: string) => valueAt(app.stored(id), ['attributes', '_position']);
    await app.trees.instantiate(car, mycar, {}, app.owner);
    expect([position('x:mycar:truck'), position('x:mycar:wheel')]).toEqual([1, undefined]);
    await app.trees.duplicate(mycar, parseThingId('x:copy'), {}, app.owner);
    expect([position('x:copy'), position('x:copy:truck')]).toEqual([undefined, 1]);
  });

  it('is lost with the parent, and by nothing else', async () => {
    const app = await openComposition();
    const [row, other, twin] = [parseThingId('x:row'), parseThingId('x:other'), parseThingId('x:twin')];
    for (const id of [row, other, twin]) await app.twins.put(id, body, app.owner);
    const linkTo = (parentId: typeof row, content?: object) =>
      app.twins.link(twin, { parentId, count: 1 }, content === undefined ? undefined : { ...body }, app.owner);
    const attributes = () => valueAt(app.stored(twin), ['attributes']);
    await linkTo(row);
    await app.write(twin, ['attributes', '_position'], 4);
    const placed = { _isType: false, _parents: row, _position: 4 };
    await linkTo(row);
    await app.twins.put(twin, body, app.owner);
    await linkTo(row, {});
    expect(attributes()).toEqual(placed);
    await expect(app.twins.patch(twin, { attributes: { _position: 5 } }, app.owner)).rejects.toThrow(
      AttributeRestricted,
    );
    await linkTo(other);
    expect(attributes()).toEqual({ _isType: false, _parents: other });
    await app.write(twin, ['attributes', '_position'], 4);
    await linkTo(row, {});
    expect(attributes()).toEqual({ _isType: false, _parents: row });
    await app.write(twin, ['attributes', '_position'], 4);
    await app.twins.unlinkParents(twin, app.owner);
    expect(attributes()).toEqual({ _isType: false });
  });
});
