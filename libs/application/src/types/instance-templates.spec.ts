import { parseThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

const policyId = 'example:policy';
const MODEL = ['attributes', '_model'];

describe('new twins', () => {
  let app: OpenComposition;

  const type = (id: string, features: JsonObject, parent?: string) => {
    const typeId = parseThingId(id);
    const content = { policyId, attributes: { name: id }, features };
    if (parent === undefined) return app.types.put(typeId, content, app.owner);
    return app.types.link(typeId, { parentId: parseThingId(parent), count: 2 }, content, app.owner);
  };
  const instantiate = (from: string, to: string, body?: JsonObject) =>
    app.trees.instantiate(parseThingId(from), parseThingId(to), { body }, app.owner);

  beforeEach(async () => {
    app = await openComposition();
    await type('x:base', { speed: { properties: { unit: 'm/s' } } });
    await type('x:car', { speed: { properties: { value: 3, limit: 50 } } });
    await type('x:wheel', { speed: { properties: { value: 3, unit: 'm' } } }, 'x:car');
    await app.write('x:car', MODEL, {
      extends: 'x:base',
      validation: 'reject',
      features: {
        speed: {
          schema: { properties: { count: { type: 'integer' } } },
          properties: { value: { reset: true }, count: { initial: 0 }, gain: { default: 1 } },
        },
      },
    });
  });

  it('of a type with a model begin as it says, those of others as OpenTwins has them', async () => {
    await instantiate('x:car', 'x:mine', { features: { speed: { properties: { limit: 30 } } } });
    expect(app.stored('x:mine')).toEqual({
      thingId: 'x:mine',
      policyId,
      attributes: { name: 'x:car', _isType: false, type: 'x:car' },
      features: { speed: { properties: { unit: 'm/s', value: null, limit: 30, count: 0, gain: 1 } } },
    });
    expect(app.stored('x:mine:wheel_2')?.['features']).toEqual({ speed: { properties: { value: null, unit: null } } });
  });

  it('are not made when one of them would break its type', async () => {
    const refused = instantiate('x:car', 'x:mine', { features: { speed: { properties: { count: 'many' } } } });
    await expect(refused).rejects.toMatchObject({ status: 422, code: 'gemel:composition.twin.invalid' });
    expect(app.stored('x:mine:wheel_1')).toBeUndefined();
  });

  it('are not made of a type whose model cannot be used', async () => {
    await app.write('x:car', MODEL, { extends: 'x:nothing' });
    await expect(instantiate('x:car', 'x:mine')).rejects.toMatchObject({ status: 422 });
    await app.write('x:car', MODEL, { extends: 7 });
    await expect(instantiate('x:car', 'x:mine')).rejects.toMatchObject({ status: 400 });
    expect(app.stored('x:mine')).toBeUndefined();
  });

  it('keep the model to their type', async () => {
    await expect(
      app.types.patch(parseThingId('x:car'), { attributes: { _model: {} } }, app.owner),
    ).rejects.toMatchObject({ status: 442 });
    await app.types.put(parseThingId('x:car'), { policyId }, app.owner);
    expect(app.stored('x:car')?.['attributes']).toMatchObject({ _isType: true, _model: { extends: 'x:base' } });
  });
});
