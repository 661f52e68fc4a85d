import { parseThingId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

const policyId = 'example:policy';
const body = { policyId, attributes: { name: 'n' } };
const PARENTS = ['attributes', '_parents'];

describe('integrity', () => {
  let app: OpenComposition;

  beforeEach(async () => {
    app = await openComposition();
    for (const id of ['y:a', 'y:b', 'y:c']) await app.types.put(parseThingId(id), body, app.owner);
    for (const id of ['t:a', 't:b', 't:c', 't:d']) await app.twins.put(parseThingId(id), body, app.owner);
  });

  const link = (kind: 'types' | 'twins', parent: string, child: string) =>
    app[kind].link(parseThingId(child), { parentId: parseThingId(parent), count: 1 }, undefined, app.owner);
  const breakIt = (id: string, parents: JsonValue) => app.write(id, PARENTS, parents);
  const parentsOf = (id: string) => (app.stored(id)?.['attributes'] as { _parents?: JsonValue })._parents;

  it('finds nothing where the extended API alone has written', async () => {
    await link('types', 'y:a', 'y:b');
    await link('twins', 't:a', 't:b');

    expect(await app.integrity.report(app.owner)).toEqual({ checked: 2, things: [] });
    expect(await app.integrity.repair(app.owner)).toEqual({ checked: 2, repaired: [], refused: [] });
  });

  it('names missing and wrong-kind parents, bad counts and cycles, and what a repair would leave', async () => {
    await breakIt('y:a', { 'y:gone': 1, 'y:c': 2, 't:a': 1 });
    await breakIt('y:b', { 'y:a': 0 });
    await breakIt('t:a', 't:b');
    await breakIt('t:b', 't:c');
    await breakIt('t:c', 't:a');
    await breakIt('t:d', 't:d');

    expect(await app.integrity.report(app.owner)).toEqual({
      checked: 6,
      things: [
        {
          thingId: 'y:a',
          kind: 'type',
          faults: [
            { problem: 'parent.missing', parentId: 'y:gone' },
            { problem: 'parent.kind.wrong', parentId: 't:a' },
          ],
          from: { 'y:gone': 1, 'y:c': 2, 't:a': 1 },
          to: { 'y:c': 2 },
        },
        {
          thingId: 'y:b',
          kind: 'type',
          faults: [{ problem: 'count.invalid', parentId: 'y:a' }],
          from: { 'y:a': 0 },
          to: null,
        },
        {
          thingId: 't:c',
          kind: 'twin',
          faults: [{ problem: 'cycle', parentId: 't:a', path: ['t:a', 't:c', 't:b', 't:a'] }],
          from: 't:a',
          to: null,
        },
        { thingId: 't:d', kind: 'twin', faults: [{ problem: 'parent.self', parentId: 't:d' }], from: 't:d', to: null },
      ],
    });
  });

  it('repairs what it has named, and then finds nothing', async () => {
    await breakIt('y:a', { 'y:gone': 1, 'y:c': 2 });
    await breakIt('y:b', { 'y:a': 0 });
    await breakIt('t:a', 't:b');
    await breakIt('t:b', 't:a');
    const { things } = await app.integrity.report(app.owner);

    expect(await app.integrity.repair(app.owner)).toEqual({ checked: 4, repaired: things, refused: [] });

    expect([parentsOf('y:a'), parentsOf('y:b'), parentsOf('t:a'), parentsOf('t:b')]).toEqual([
      { 'y:c': 2 },
      undefined,
      't:b',
      undefined,
    ]);
    expect((await app.integrity.report(app.owner)).things).toEqual([]);
  });

  it.each<JsonValue>([7, true, [], {}, ['t:a'], { 't:a': '3abc' }, '', { ['{{ ~.*~ }}']: 1, 'y:a': 1 }])(
    'repairs _parents of %j on a type and on a twin',
    async (broken) => {
      await breakIt('y:b', broken);
      await breakIt('t:b', broken);

      expect((await app.integrity.repair(app.owner)).repaired).toHaveLength(2);

      expect((await app.integrity.report(app.owner)).things).toEqual([]);
    },
  );

  it('repairs one kind when only that is asked for', async () => {
    await breakIt('y:a', { 'y:gone': 1 });
    await breakIt('t:a', 't:gone');

    expect((await app.integrity.repair(app.owner, ['twin'])).repaired.map(({ thingId }) => thingId)).toEqual(['t:a']);
    expect(parentsOf('y:a')).toEqual({ 'y:gone': 1 });
  });

  it('takes no parent for missing that the caller may only not read', async () => {
    await app.write('t:a', ['policyId'], 'example:shared');
    await link('twins', 't:b', 't:a');

    expect((await app.integrity.report(app.stranger)).things).toEqual([]);
  });

  it('takes no parent for one of the other kind of which the caller may only not see the kind', async () => {
    await link('types', 'y:a', 'y:b');
    await link('types', 'y:b', 'y:c');
    for (const id of ['y:b', 'y:c']) await app.write(id, ['policyId'], 'example:links');

    expect(await app.integrity.report(app.stranger)).toEqual({ checked: 2, things: [] });
  });

  it('hides the ids of a cycle that the caller may not read, and finds it through them', async () => {
    await breakIt('t:a', 't:b');
    await breakIt('t:b', 't:c');
    await breakIt('t:c', 't:a');
    await app.write('t:c', ['policyId'], 'example:shared');

    expect((await app.integrity.report(app.stranger)).things).toMatchObject([
      { thingId: 't:c', faults: [{ problem: 'cycle', path: ['…', 't:c', '…', '…'] }] },
    ]);
  });

  it('goes on with the others when one may not be written', async () => {
    for (const [id, policy] of [
      ['t:b', 'example:readonly'],
      ['t:c', 'example:shared'],
    ] as const) {
      await breakIt(id, 't:gone');
      await app.write(id, ['policyId'], policy);
    }

    expect(await app.integrity.repair(app.stranger)).toMatchObject({
      repaired: [{ thingId: 't:c' }],
      refused: [{ thingId: 't:b', error: { status: 403 } }],
    });
    expect(parentsOf('t:b')).toBe('t:gone');
  });
});
