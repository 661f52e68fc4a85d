import { parseThingId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

const policyId = 'example:policy';
const body = { policyId, attributes: { name: 'n' } };
const PARENTS = ['attributes', '_parents'];

describe('a strict composition', () => {
  let app: OpenComposition;

  beforeEach(async () => {
    app = await openComposition({ strict: true });
    for (const id of ['y:a', 'y:b', 'y:c']) await app.types.put(parseThingId(id), body, app.owner);
    for (const id of ['t:a', 't:b', 't:c']) await app.twins.put(parseThingId(id), body, app.owner);
    await link('types', 'y:a', 'y:b', 2);
    await link('types', 'y:b', 'y:c', 2);
    await link('twins', 't:a', 't:b');
    await link('twins', 't:b', 't:c');
  });

  const link = (kind: 'types' | 'twins', parent: string, child: string, count = 1) =>
    app[kind].link(parseThingId(child), { parentId: parseThingId(parent), count }, undefined, app.owner);
  const modify = (id: string, path: JsonPointer, value: JsonValue) =>
    app.things.execute({ kind: 'modify', thingId: parseThingId(id), path, value }, app.owner);
  const merge = (id: string, path: JsonPointer, value: JsonValue) =>
    app.things.execute({ kind: 'merge', thingId: parseThingId(id), path, value }, app.owner);
  const remove = (id: string, path: JsonPointer = []) =>
    app.things.execute({ kind: 'delete', thingId: parseThingId(id), path }, app.owner);
  const code = (error: string, status: number) => expect.objectContaining({ code: error, status }) as Error;

  it.each<[string, JsonValue, string, number]>([
    ['t:a', 't:none', 'gemel:composition.parent.missing', 409],
    ['t:a', 'y:a', 'gemel:composition.parent.kind.wrong', 409],
    ['t:a', 't:a', 'gemel:composition.cycle', 409],
    ['t:a', 't:c', 'gemel:composition.cycle', 409],
    ['t:c', 7, 'gemel:composition.parents.invalid', 400],
    ['t:c', { 't:a': 1 }, 'gemel:composition.parents.invalid', 400],
    ['t:c', 'noid', 'gemel:composition.parents.invalid', 400],
    ['y:a', { 'y:c': 1 }, 'gemel:composition.cycle', 409],
    ['y:a', { 'y:a': 1 }, 'gemel:composition.cycle', 409],
    ['y:c', { 'y:none': 1 }, 'gemel:composition.parent.missing', 409],
    ['y:c', { 't:a': 1 }, 'gemel:composition.parent.kind.wrong', 409],
    ['y:c', { 'y:a': 0 }, 'gemel:composition.parents.invalid', 400],
    ['y:c', { 'y:a': '3abc' }, 'gemel:composition.parents.invalid', 400],
    ['y:c', 'y:a', 'gemel:composition.parents.invalid', 400],
  ])('refuses _parents of %s to be %j: %s', async (id, parents, error, status) => {
    const before = app.stored(id);

    await expect(modify(id, PARENTS, parents)).rejects.toEqual(code(error, status));
    await expect(merge(id, [], { attributes: { _parents: parents } })).rejects.toEqual(code(error, status));
    await expect(
      modify(id, [], { policyId, attributes: { _isType: id.startsWith('y'), _parents: parents } }),
    ).rejects.toEqual(code(error, status));
    expect(app.stored(id)).toEqual(before);
  });

  it('refuses to delete, or to change the kind of, what has children', async () => {
    for (const id of ['t:a', 'y:a']) {
      await expect(remove(id)).rejects.toEqual(code('gemel:composition.children', 409));
      await expect(modify(id, ['attributes', '_isType'], id === 't:a')).rejects.toEqual(
        code('gemel:composition.children', 409),
      );
    }
    await expect(modify('t:c', ['attributes', '_isType'], true)).rejects.toEqual(
      code('gemel:composition.parents.invalid', 400),
    );
  });

  it('refuses a new thing below nothing', async () => {
    await expect(modify('t:new', [], { policyId, attributes: { _parents: 't:none' } })).rejects.toEqual(
      code('gemel:composition.parent.missing', 409),
    );
    expect(app.stored('t:new')).toBeUndefined();
  });

  it('lets writes be that keep it whole', async () => {
    await modify('t:c', PARENTS, 't:a');
    await merge('y:c', PARENTS, { 'y:a': 3 });
    await remove('t:b', PARENTS);
    await remove('t:b');
    await modify('t:new', [], { policyId, attributes: { _parents: 't:a' } });
    await modify('y:lone', [], { policyId, attributes: { _isType: true } });
    await modify('y:lone', ['attributes', '_isType'], false);
    await modify('t:a', [], { policyId, attributes: { other: 1 } });

    expect(app.stored('t:c')).toMatchObject({ attributes: { _parents: 't:a' } });
    expect(app.stored('y:c')).toMatchObject({ attributes: { _parents: { 'y:a': 3, 'y:b': 2 } } });
    expect((await app.integrity.report(app.owner)).things).toEqual([]);
  });

  it('lets the extended API work as ever', async () => {
    await app.trees.instantiate(parseThingId('y:a'), parseThingId('i:a'), {}, app.owner);
    await app.trees.duplicate(parseThingId('i:a'), parseThingId('i:copy'), {}, app.owner);
    await app.trees.delete(parseThingId('i:a'), app.owner);
    await app.twins.delete(parseThingId('t:a'), app.owner);
    await app.types.delete(parseThingId('y:b'), app.owner);

    expect(app.ids().filter((id) => id.startsWith('i:'))).toHaveLength(7);
    expect((await app.integrity.report(app.owner)).things).toEqual([]);
  });

  it('refuses the extended API a deletion that would leave children that its caller may not read', async () => {
    for (const id of ['t:a', 't:b']) await modify(id, ['policyId'], 'example:shared');

    for (const deletion of [
      () => app.trees.delete(parseThingId('t:a'), app.stranger),
      () => app.twins.delete(parseThingId('t:b'), app.stranger),
    ]) {
      await expect(deletion()).rejects.toEqual(code('gemel:composition.children', 409));
    }
    expect(app.ids().filter((id) => id.startsWith('t:'))).toEqual(['t:a', 't:b', 't:c']);
    await app.trees.delete(parseThingId('t:a'), app.owner);
    expect(app.ids().filter((id) => id.startsWith('t:'))).toEqual([]);
  });

  it('takes turns with itself and with the extended API', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `m:${String(index)}`);
    for (const id of many) await modify(id, [], { policyId });
    const next = (index: number) => many[(index + 1) % many.length] ?? '';

    await Promise.allSettled(
      many.flatMap((id, index) => [
        modify(id, PARENTS, next(index)),
        link('twins', id, next(index)),
        modify(id, ['attributes', 'x'], index),
        remove(next(index + 7)),
      ]),
    );

    expect((await app.integrity.report(app.owner)).things).toEqual([]);
  });

  it('is refused nothing when it is open', async () => {
    const open = await openComposition();
    await open.twins.put(parseThingId('t:a'), body, open.owner);
    await open.write('t:a', PARENTS, 't:a');

    expect((await open.integrity.report(open.owner)).things).toHaveLength(1);
  });
});
