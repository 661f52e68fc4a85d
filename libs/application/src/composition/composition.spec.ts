import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

const car = parseThingId('example:car');
const wheel = parseThingId('example:wheel');
const mycar = parseThingId('example:mycar');

const policyId = 'example:policy';
const body = { policyId, attributes: { name: 'n' }, features: { f: { properties: { value: 1, unit: 'm' } } } };

describe('composition', () => {
  let app: OpenComposition;

  beforeEach(async () => {
    app = await openComposition();
  });

  const put = async (kind: 'types' | 'twins', id: string, content: JsonValue = body) =>
    app[kind].put(parseThingId(id), content, app.owner);
  const link = async (kind: 'types' | 'twins', parent: string, child: string, count = 1, content?: JsonValue) =>
    app[kind].link(parseThingId(child), { parentId: parseThingId(parent), count }, content, app.owner);
  const refused = (status: number, message = '') =>
    expect.objectContaining({ status, message: expect.stringContaining(message) as string }) as Error;

  describe('of a car', () => {
    beforeEach(async () => {
      await put('types', car);
      await link('types', car, wheel, 4, body);
      await app.trees.instantiate(car, mycar, {}, app.owner);
    });

    it('makes the twin with four wheels in one commit', async () => {
      const twin = (id: string, attributes: JsonObject): JsonObject => ({
        thingId: id,
        policyId,
        attributes: { name: 'n', _isType: false, ...attributes },
        features: { f: { properties: { value: null, unit: null } } },
      });

      expect(app.stored(mycar)).toEqual(twin(mycar, { type: car }));
      for (const index of [1, 2, 3, 4]) {
        const id = `${mycar}:wheel_${String(index)}`;
        expect(app.stored(id)).toEqual(twin(id, { type: wheel, _parents: mycar }));
      }
      expect(app.commits().at(-1)).toHaveLength(5);
    });

    it('lists the children without _isType', async () => {
      const children = await app.twins.allChildren(mycar, app.owner);

      expect(children.map((child) => child['thingId'])).toEqual([1, 2, 3, 4].map((i) => `${mycar}:wheel_${String(i)}`));
      expect(children[0]?.['attributes']).toEqual({ name: 'n', type: wheel, _parents: mycar });
    });

    it('copies every wheel', async () => {
      const ids = await app.trees.duplicate(
        mycar,
        parseThingId('example:copy'),
        { body: { attributes: { name: 'c' } } },
        app.owner,
      );

      expect(ids).toEqual(['example:copy', ...[1, 2, 3, 4].map((i) => `example:copy:wheel_${String(i)}`)]);
      expect(app.stored('example:copy')).toMatchObject({
        attributes: { name: 'c', _isType: false, copyOf: mycar },
      });
      expect(app.stored('example:copy:wheel_2')).toEqual({
        thingId: 'example:copy:wheel_2',
        policyId,
        attributes: { name: 'n', _isType: false, _parents: 'example:copy', copyOf: `${mycar}:wheel_2` },
        features: { f: { properties: { value: null, unit: null } } },
      });
    });

    it('keeps the values of the type, and those of the body, when asked to', async () => {
      const id = parseThingId('example:valued');
      const patch = { features: { f: { properties: { value: 2 } } } };

      await app.trees.instantiate(car, id, { body: patch, resetsValues: false }, app.owner);

      expect(app.stored(id)).toMatchObject({ features: { f: { properties: { value: 2, unit: 'm' } } } });
      expect(app.stored('example:valued:wheel_1')).toMatchObject({ features: body.features });
    });

    it('deletes the whole tree in one commit and nothing else', async () => {
      await put('twins', 'example:other');

      await app.trees.delete(mycar, app.owner);

      expect(app.ids()).toEqual(['example:car', 'example:other', 'example:wheel']);
      expect(app.commits().at(-1)).toHaveLength(5);
    });

    it('keeps the wheels when only the car is deleted', async () => {
      await app.twins.delete(mycar, app.owner);

      expect(app.stored(`${mycar}:wheel_1`)).toMatchObject({ attributes: { _isType: false, type: wheel } });
      expect(await app.twins.roots('size(200)', app.owner)).toMatchObject({ items: { length: 4 } });
    });

    it('leaves no half of a tree when an identifier in it is taken', async () => {
      await put('twins', 'example:second:wheel_3');
      const before = app.ids();

      await expect(app.trees.instantiate(car, parseThingId('example:second'), {}, app.owner)).rejects.toEqual(
        refused(400, 'already exist'),
      );
      expect(app.ids()).toEqual(before);
    });

    it('leaves no half of a tree when a part of it is refused', async () => {
      const before = app.ids();

      await expect(
        app.trees.instantiate(car, parseThingId('example:second'), { body: { policyId: 'no:policy' } }, app.owner),
      ).rejects.toEqual(refused(400));
      expect(app.ids()).toEqual(before);
    });

    it('refuses to instantiate onto a twin, a type, from a twin, from nothing, with restricted attributes', async () => {
      const instantiate = (from: ThingId, to: ThingId, patch?: JsonValue) =>
        app.trees.instantiate(from, to, { body: patch }, app.owner);
      const fresh = parseThingId('example:fresh');

      await expect(instantiate(car, mycar)).rejects.toEqual(refused(400, 'already exist'));
      await expect(instantiate(car, wheel)).rejects.toEqual(refused(400, 'already exist'));
      await expect(instantiate(mycar, fresh)).rejects.toEqual(refused(412));
      await expect(instantiate(parseThingId('example:none'), fresh)).rejects.toEqual(refused(404));
      await expect(instantiate(car, fresh, { attributes: { type: null } })).rejects.toEqual(refused(442));
      await expect(instantiate(car, fresh, [])).rejects.toEqual(refused(400));
      await expect(app.trees.duplicate(car, fresh, {}, app.owner)).rejects.toEqual(refused(412));
    });
  });

  it('reaches everything below however deep or wide it is', async () => {
    const chain = Array.from({ length: 8 }, (_, index) => `y:${String(index)}`);
    await put('types', 'y:root');
    for (const [index, id] of chain.entries()) await link('types', chain[index - 1] ?? 'y:root', id, 1, body);
    await link('types', 'y:root', 'y:leaf', 201, body);
    await link('types', 'y:leaf', 'y:vein', 1, body);
    const [type, twin, copy] = [parseThingId('y:root'), parseThingId('t:twin'), parseThingId('t:copy')];
    const size = 1 + 8 + 2 * 201;

    expect(await app.trees.instantiate(type, twin, {}, app.owner)).toHaveLength(size);
    const copies = await app.trees.duplicate(twin, copy, {}, app.owner);
    expect(new Set(copies).size).toBe(size);
    expect(copies.at(-1)).toBe('t:copy:0:1:2:3:4:5:6:7');
    expect(await app.trees.delete(twin, app.owner)).toHaveLength(size);
    expect(app.ids().filter((id) => id.startsWith('t:'))).toEqual(copies.toSorted());
  });

  describe('links', () => {
    it('add parents to a type and renumber them', async () => {
      for (const id of ['t:a', 't:b', 't:c']) await put('types', id);
      await link('types', 't:a', 't:c', 2);
      await link('types', 't:b', 't:c', 3);

      expect(await link('types', 't:a', 't:c', 5)).toEqual({ outcome: 'linked' });

      expect(await app.types.parents(parseThingId('t:c'), app.owner)).toEqual({ 't:a': 5, 't:b': 3 });
    });

    it('replace a child but keep its other parents', async () => {
      for (const id of ['t:a', 't:b']) await put('types', id);
      await link('types', 't:a', 't:c', 2, body);

      expect(await link('types', 't:b', 't:c', 1, { policyId, attributes: { other: 1 } })).toEqual({
        outcome: 'modified',
      });

      expect(app.stored('t:c')).toEqual({
        thingId: 't:c',
        policyId,
        attributes: { other: 1, _isType: true, _parents: { 't:a': 2, 't:b': 1 } },
      });
    });

    it('move a twin', async () => {
      for (const id of ['t:a', 't:b', 't:c']) await put('twins', id);
      await link('twins', 't:a', 't:c');
      await link('twins', 't:b', 't:c');

      expect(await app.twins.parents(parseThingId('t:c'), app.owner)).toBe('t:b');
      expect(await app.twins.allChildren(parseThingId('t:a'), app.owner)).toEqual([]);
    });

    it('are refused when parent or child are missing or of the other kind', async () => {
      await put('types', 't:type');
      await put('twins', 't:twin');

      await expect(link('twins', 't:none', 't:twin')).rejects.toEqual(refused(404, 't:none'));
      await expect(link('twins', 't:type', 't:twin')).rejects.toEqual(refused(412, 't:type'));
      await expect(link('twins', 't:twin', 't:type')).rejects.toEqual(refused(412));
      await expect(link('twins', 't:twin', 't:type', 1, body)).rejects.toEqual(refused(412));
      await expect(link('twins', 't:twin', 't:new')).rejects.toEqual(refused(400, 'empty'));
      expect(app.stored('t:twin')).toEqual({
        thingId: 't:twin',
        ...body,
        attributes: { name: 'n', _isType: false },
      });
    });

    it.each(['types', 'twins'] as const)('never close a cycle of %s', async (kind) => {
      for (const id of ['t:a', 't:b', 't:c']) await put(kind, id);
      await link(kind, 't:a', 't:b');
      await link(kind, 't:b', 't:c');

      await expect(link(kind, 't:a', 't:a')).rejects.toEqual(refused(409, 't:a > t:a'));
      await expect(link(kind, 't:c', 't:a')).rejects.toEqual(refused(409, 't:a > t:b > t:c > t:a'));
      await expect(app[kind].parents(parseThingId('t:a'), app.owner)).rejects.toEqual(refused(404));
    });

    it('never close a cycle when they come together', async () => {
      for (const id of ['t:a', 't:b']) await put('twins', id);

      const results = await Promise.allSettled([link('twins', 't:a', 't:b'), link('twins', 't:b', 't:a')]);

      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    });

    it('are taken away one by one', async () => {
      for (const id of ['t:a', 't:b']) await put('types', id);
      await link('types', 't:a', 't:c', 2, body);
      await link('types', 't:b', 't:c', 3);
      const unlink = (parent: string) => app.types.unlink(parseThingId('t:c'), parseThingId(parent), app.owner);

      await unlink('t:a');
      expect(app.stored('t:c')).toMatchObject({ attributes: { _parents: { 't:b': 3 } } });
      await unlink('t:b');
      expect(app.stored('t:c')).toMatchObject({ attributes: { name: 'n', _isType: true } });
      await expect(unlink('t:b')).rejects.toEqual(refused(400, 't:b is not parent of t:c'));
    });
  });

  describe('that others broke by direct writes', () => {
    it.each(['types', 'twins'] as const)('ends where %s lead back to themselves', async (kind) => {
      for (const id of ['t:a', 't:b']) await put(kind, id);
      await link(kind, 't:a', 't:b');
      await app.write('t:a', ['attributes', '_parents'], kind === 'types' ? { 't:b': 1 } : 't:b');
      const [a, copy] = [parseThingId('t:a'), parseThingId('t:copy')];

      const step =
        kind === 'types' ? app.trees.instantiate(a, copy, {}, app.owner) : app.trees.duplicate(a, copy, {}, app.owner);
      await expect(step).rejects.toEqual(refused(409, 't:a > t:b > t:a'));
      await expect(link(kind, 't:b', 't:new', 1, body)).resolves.toMatchObject({ outcome: 'created' });
      if (kind === 'twins') expect(await app.trees.delete(a, app.owner)).toEqual(['t:new', 't:b', 't:a']);
    });

    it.each<JsonValue>(['notfound', 7, null, [], {}, { 't:a': '3abc', 't:none': -2 }, { __proto__x: 1 }])(
      'goes on where _parents is %j',
      async (broken) => {
        for (const kind of ['types', 'twins'] as const) {
          const [parent, child] = [`${kind}:a`, `${kind}:b`];
          for (const id of [parent, child]) await put(kind, id);
          await app.write(child, ['attributes', '_parents'], broken);

          await link(kind, parent, child, 2);

          expect(await app[kind].allChildren(parseThingId(parent), app.owner)).toHaveLength(1);
          await app[kind].unlinkParents(parseThingId(child), app.owner);
          expect(app.stored(child)).toMatchObject({ attributes: { name: 'n' } });
        }
      },
    );
  });

  describe('of single things', () => {
    it('creates, shows and lists them by kind', async () => {
      const created = await put('types', car);
      await put('twins', mycar);

      expect(created).toEqual({
        outcome: 'created',
        thing: { thingId: car, ...body, attributes: { name: 'n', _isType: true } },
      });
      expect(await app.types.get(car, app.owner)).toEqual({ thingId: car, ...body });
      await expect(app.types.get(mycar, app.owner)).rejects.toEqual(refused(412));
      await expect(app.twins.get(car, app.owner)).rejects.toEqual(refused(412));
      expect((await app.types.listAll(app.owner)).map((thing) => thing['thingId'])).toEqual([car]);
      expect(await app.twins.roots('size(1)', app.owner)).toEqual({ items: [{ thingId: mycar, ...body }] });
    });

    it('creates one without an id', async () => {
      const { thing } = (await app.twins.create(body, app.owner)) as { thing: JsonObject };

      expect(thing['thingId']).toMatch(/^org\.eclipse\.ditto:/);
      await expect(app.twins.create({}, app.owner)).rejects.toEqual(refused(400, 'empty'));
      await expect(app.twins.create({ thingId: 'a:b' }, app.owner)).rejects.toEqual(refused(400));
    });

    it('keeps the restricted attributes in a replacement and a patch', async () => {
      await put('twins', 't:a');
      await link('twins', 't:a', 't:b', 1, body);
      const id = parseThingId('t:b');
      const kept = { _isType: false, _parents: 't:a' };

      await app.twins.put(id, { policyId, attributes: null }, app.owner);
      expect(app.stored('t:b')).toEqual({ thingId: 't:b', policyId, attributes: kept });

      await app.twins.patch(id, { attributes: { x: 1, y: { z: 2 } }, features: { f: {} } }, app.owner);
      await app.twins.patch(id, { attributes: { y: null } }, app.owner);
      expect(app.stored('t:b')).toEqual({
        thingId: 't:b',
        policyId,
        attributes: { ...kept, x: 1 },
        features: { f: {} },
      });

      await app.twins.patch(id, { attributes: null, features: { g: {} } }, app.owner);
      expect(app.stored('t:b')).toEqual({
        thingId: 't:b',
        policyId,
        attributes: kept,
        features: { f: {}, g: {} },
      });
    });

    it.each(['put', 'patch'] as const)('refuses a %s with restricted attributes, and one of nothing', async (verb) => {
      const send = (content?: JsonValue) => app.twins[verb](mycar, content, app.owner);

      await expect(send({ attributes: { _parents: null } })).rejects.toEqual(refused(442));
      await expect(send({})).rejects.toEqual(refused(400, 'empty'));
      await expect(send('text')).rejects.toEqual(refused(400));
      expect(app.ids()).toEqual([]);
      expect(await send(body)).toMatchObject({ outcome: 'created' });
    });

    it('shows the stored thing on a PUT of nothing', async () => {
      await put('types', car);

      expect(await app.types.put(car, {}, app.owner)).toEqual({
        outcome: 'unchanged',
        thing: { thingId: car, ...body, attributes: { name: 'n', _isType: true } },
      });
    });
  });

  describe('under policies', () => {
    it('hides and protects what the caller may not read or write', async () => {
      await put('types', car);
      await put('twins', mycar);

      expect(await app.types.listAll(app.stranger)).toEqual([]);
      await expect(app.types.get(car, app.stranger)).rejects.toEqual(refused(404));
      await expect(app.types.put(car, body, app.stranger)).rejects.toEqual(refused(403));
      await expect(app.twins.delete(mycar, app.stranger)).rejects.toEqual(refused(404));
      await expect(app.trees.instantiate(car, parseThingId('s:s'), {}, app.stranger)).rejects.toEqual(refused(404));
    });

    it('sees a cycle through a thing that the caller may not read', async () => {
      for (const id of ['t:a', 't:b', 't:c']) await put('twins', id);
      await link('twins', 't:a', 't:b');
      await link('twins', 't:b', 't:c');
      for (const id of ['t:a', 't:c']) await app.write(id, ['policyId'], 'example:shared');

      await expect(
        app.twins.link(parseThingId('t:a'), { parentId: parseThingId('t:c'), count: 1 }, undefined, app.stranger),
      ).rejects.toEqual(refused(409, 't:a > … > t:c > t:a'));
    });
  });
});
