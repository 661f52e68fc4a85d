import request from 'supertest';
import { extendedRoutes } from './index.js';
import { openExtendedApi } from '@gemel/testkit/http-api';
import type { OpenExtendedApi } from '@gemel/testkit/http-api';

const POLICY = 'example:policy';
const THING = { policyId: POLICY, attributes: { name: 'n' } };
const PARENTS = ['attributes', '_parents'];

/** What is wrong with OpenTwins' extended API (contract, 1.10), and right here; the others are shown where they belong. */
describe('where OpenTwins is wrong', () => {
  let api: OpenExtendedApi;

  beforeEach(async () => {
    api = await openExtendedApi();
  });
  afterEach(() => api.close());

  type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';
  const send = (verb: Verb, path: string, body?: object) => {
    const test = request(api.url)[verb](`/api/${path}`);
    return body === undefined ? test : test.send(body);
  };
  const idsOf = (things: readonly { thingId: string }[]) => things.map(({ thingId }) => thingId);

  it('B1: a copy has all of four wheels, and so has a copy of the copy', async () => {
    await send('put', 'types/example:car', THING).expect(201);
    await send('put', 'types/example:car/children/example:wheel/4', THING).expect(201);
    await send('post', 'types/example:car/create/example:mycar').expect(200);
    await send('post', 'twins/example:mycar/duplicate/example:copy').expect(200);
    await send('post', 'twins/example:copy/duplicate/other:again').expect(200);

    const { body } = await send('get', 'twins/other:again/children').expect(200);
    expect(idsOf(body)).toEqual([1, 2, 3, 4].map((wheel) => `other:again:wheel_${String(wheel)}`));
  });

  it('B2: a type with definitions of features can be instantiated, and they stay', async () => {
    const features = { f: { definition: ['a:b:1.0'], properties: { value: 1, deep: { list: [1, 'x'] } } } };
    await send('put', 'types/example:car', { ...THING, definition: 'a:car:1.0', features }).expect(201);

    await send('post', 'types/example:car/create/example:mycar').expect(200, '""');

    expect((await send('get', 'twins/example:mycar')).body).toMatchObject({
      definition: 'a:car:1.0',
      features: { f: { definition: ['a:b:1.0'], properties: { value: null, deep: { list: [null, null] } } } },
    });
  });

  it('B4: nothing is left of a tree one of whose parts cannot be', async () => {
    await send('put', 'types/example:car', THING);
    await send('put', 'types/example:car/children/example:wheel/4', THING);
    await send('put', 'twins/example:mycar:wheel_4', THING);
    const before = await api.ids();

    await send('post', 'types/example:car/create/example:mycar').expect(400, /already exist/);

    expect(await api.ids()).toEqual(before);
  });

  it('B5: what was written a moment ago counts', async () => {
    await send('put', 'twins/example:a', THING).expect(201);
    for (let child = 0; child < 20; child++) {
      await send('put', `twins/example:a/children/example:c${String(child)}`, THING).expect(201);
    }
    expect((await send('get', 'twins/example:a/children')).body).toHaveLength(20);
    await send('delete', 'twins/example:a/children').expect(200);
    expect(await api.ids()).toEqual([]);
  });

  it('B6: an operation on a tree that leads back to itself ends with the way', async () => {
    for (const id of ['t:a', 't:b', 't:c']) await send('put', `twins/${id}`, THING);
    for (const id of ['y:a', 'y:b']) await send('put', `types/${id}`, THING);
    await send('put', 'twins/t:a/children/t:b').expect(200);
    await send('put', 'twins/t:b/children/t:c').expect(200);
    await send('put', 'types/y:a/children/y:b/1').expect(200);

    await send('put', 'twins/t:c/children/t:a').expect(409, /t:a > t:b > t:c > t:a/);
    await send('put', 'types/y:b/children/y:a/1').expect(409, /y:a > y:b > y:a/);
    await api.app.write('t:a', PARENTS, 't:c');
    await api.app.write('y:a', PARENTS, { 'y:b': 1 });
    await send('post', 'types/y:a/create/t:new').expect(409, /y:a > y:b > y:a/);
    await send('post', 'twins/t:a/duplicate/t:new').expect(409, /t:a > t:b > t:c > t:a/);
    await send('delete', 'twins/t:a/children').expect(200);
    expect(await api.ids()).toEqual(['y:a', 'y:b']);
  });

  it('B7: a parent must be there, be of the same kind, and be another', async () => {
    await send('put', 'twins/t:a', THING);
    await send('put', 'types/y:a', THING);

    await send('put', 'twins/t:none/children/t:a').expect(404, /t:none/);
    await send('put', 'twins/t:none/children/t:new', THING).expect(404, /t:none/);
    await send('put', 'twins/t:a/children/t:a').expect(409, /t:a > t:a/);
    await send('put', 'twins/y:a/children/t:a').expect(412, /y:a/);
    await send('put', 'types/t:a/children/y:a/1').expect(412, /t:a/);
    await send('put', 'types/y:a/children/y:a/1').expect(409, /y:a > y:a/);
    expect(await api.ids()).toEqual(['t:a', 'y:a']);
    expect(await api.stored('t:a')).toEqual({ thingId: 't:a', ...THING, attributes: { name: 'n', _isType: false } });
  });

  it('B8: a car with its four wheels is one commit', async () => {
    await send('put', 'types/example:car', THING).expect(201);
    await send('put', 'types/example:car/children/example:wheel/4', THING).expect(201);
    const commits = api.commits();

    await send('post', 'types/example:car/create/example:mycar').expect(200);

    expect(api.commits()).toBe(commits + 1);
    expect(await api.ids()).toHaveLength(2 + 5);
  });

  it('B9: the list of all types is an array however many there are', async () => {
    for (let type = 0; type < 30; type++) await send('put', `types/y:${String(type)}`, THING);

    expect((await send('get', 'types/all')).body).toHaveLength(30);
    expect((await send('get', 'types/all?option=size(10)')).body).toMatchObject({
      items: { length: 10 },
      cursor: expect.any(String),
    });
  });

  it.each([
    'a#b',
    '50%',
    "it's",
    '"quoted"',
    'a(b)',
    'a,b',
    'a b',
    'eq(thingId,"x")',
    '~$&+=@!*',
    'Ωδ',
    ':x:y:',
    '__proto__',
  ])('B10: the name %j is a name like any other', async (name) => {
    const [parent, child, copy] = [`t:${name}`, `t:${name}.child`, `t:${name}.copy`].map(encodeURIComponent);
    const [typeId, part] = [`y:${name}`, `y:${name}.part`].map(encodeURIComponent);
    await send('put', `twins/${parent ?? ''}`, THING).expect(201);
    await send('put', `twins/${parent ?? ''}/children/${child ?? ''}`, THING).expect(201);
    await send('put', `types/${typeId ?? ''}`, THING).expect(201);
    await send('put', `types/${typeId ?? ''}/children/${part ?? ''}/2`, THING).expect(201);

    expect(idsOf((await send('get', `twins/${parent ?? ''}/children`).expect(200)).body)).toEqual([`t:${name}.child`]);
    expect((await send('get', `twins/${child ?? ''}/parent`).expect(200)).body).toBe(`t:${name}`);
    expect((await send('get', `types/${part ?? ''}/parent`).expect(200)).body).toEqual({ [`y:${name}`]: 2 });
    expect(idsOf((await send('get', `types/${typeId ?? ''}/children`).expect(200)).body)).toEqual([`y:${name}.part`]);
    await send('post', `twins/${parent ?? ''}/duplicate/${copy ?? ''}`).expect(200);
    await send('post', `types/${typeId ?? ''}/create/${encodeURIComponent(`i:${name}`)}`).expect(200);
    expect((await send('get', `twins/${encodeURIComponent(`i:${name}`)}/children`)).body).toHaveLength(2);
    await send('patch', `types/${typeId ?? ''}/children/${part ?? ''}/unlink`).expect(200);
    await send('delete', `twins/${parent ?? ''}/children`).expect(200);
    expect(await api.ids()).toHaveLength(2 + 2 + 3);
  });

  it.each(['t:a%2Fb', 't:a%00', 'nocolon', 't:a%7F', `t:${'x'.repeat(256)}`, '1t:a', 't:'])(
    'B10: %s is no id, and nothing comes of it',
    async (id) => {
      await send('put', 'twins/t:a', THING);

      await send('get', `twins/${id}`).expect(400);
      await send('put', `twins/${id}`, THING).expect(400);
      await send('put', `twins/t:a/children/${id}`, THING).expect(400);
      await send('post', `twins/t:a/duplicate/${id}`).expect(400);
      expect((await send('get', `twins/${id}/children`).expect(400)).body).toEqual([]);
      expect(await api.ids()).toEqual(['t:a']);
    },
  );

  it('B13: keeps 442 to the compatible routes', async () => {
    const restricted = { ...THING, attributes: { type: 'x' } };
    for (const [verb, path] of [
      ['post', 'twins'],
      ['put', 'types/y:a'],
      ['patch', 'twins/t:a'],
    ] as const) {
      await send(verb, path, restricted).expect(442, /Restricted attributes/);
    }
    const routes = extendedRoutes({ composition: api.app, listing: api.app.listing });
    const unregistered = routes.filter(({ path, responses }) => path.startsWith('/api/2/') && 442 in responses);
    expect(unregistered).toEqual([]);
  });

  it('B16: fix takes parents of the other kind for missing, and leaves no empty object', async () => {
    await send('put', 'types/y:a', THING);
    await send('put', 'twins/t:a', THING);
    await api.app.write('y:a', PARENTS, { 't:a': 1 });
    await api.app.write('t:a', PARENTS, 'y:a');

    await send('put', 'types/fix').expect(
      200,
      /y:a has modified its parents attribute from \{\\"t:a\\":1\} to null\. /,
    );
    await send('put', 'twins/fix').expect(200, /t:a has modified its parents attribute from y:a to null\. /);

    expect(idsOf((await send('get', 'types')).body)).toEqual(['y:a']);
    expect(idsOf((await send('get', 'twins')).body)).toEqual(['t:a']);
  });

  it('B21: of two that move a twin at the same time each finds it in one place', async () => {
    const ids = ['t:a', 't:b', 't:c', 't:d'];
    for (const id of ids) await send('put', `twins/${id}`, THING);

    await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const [parent, child] = [ids[index % 4] ?? '', ids[(index + 1 + (index % 3)) % 4] ?? ''];
        return send('put', `twins/${parent}/children/${child}`);
      }),
    );

    expect((await api.app.integrity.report(api.app.owner)).things).toEqual([]);
  });

  it.each(['0', '-2', '3abc', 'abc', '1.5', '1e3', '%20', '+1', '0x10', '10001', '1000000000', '9'.repeat(30)])(
    'B22: %s is no number of children',
    async (count) => {
      await send('put', 'types/y:a', THING);

      await send('put', `types/y:a/children/y:b/${count}`, THING).expect(400, /number of children/);

      expect(await api.ids()).toEqual(['y:a']);
    },
  );

  it('B22: a composition that is too large is refused before anything is made', async () => {
    for (const id of ['y:a', 'y:b', 'y:c']) await send('put', `types/${id}`, THING);
    await send('put', 'types/y:a/children/y:b/1000').expect(200);
    await send('put', 'types/y:b/children/y:c/1000').expect(200);

    await send('post', 'types/y:a/create/t:a').expect(422, /more than 10000/);

    expect(await api.ids()).toEqual(['y:a', 'y:b', 'y:c']);
  });

  it.each(['cursor(none)', 'size(0)', 'size(201)', 'size(x)', 'nonsense', 'sort(thingId)', 'size(5),cursor(%00)'])(
    'B24: a page that cannot be is refused: %s',
    async (option) => {
      for (const path of ['types', 'twins', 'types/all']) await send('get', `${path}?option=${option}`).expect(400, '');
      for (const path of ['types/y:a/children', 'twins/t:a/children']) {
        await send('get', `${path}?option=${option}`).expect(400, '[]');
      }
    },
  );

  it('B25: a patch that takes all attributes and sets features is one change', async () => {
    await send('put', 'twins/t:a', THING);
    await send('put', 'twins/t:a/children/t:b', THING);
    const commits = api.commits();

    await send('patch', 'twins/t:b', { attributes: null, features: { f: { properties: { x: 1 } } } }).expect(204);

    expect(api.commits()).toBe(commits + 1);
    expect((await send('get', 'twins/t:b')).body).toEqual({
      thingId: 't:b',
      policyId: POLICY,
      attributes: { _parents: 't:a' },
      features: { f: { properties: { x: 1 } } },
    });
  });

  it('B30: a copy gets a policy of its own when it is asked for', async () => {
    await send('put', 'types/y:a', THING);

    await send('post', 'types/y:a/create/t:own', { policyId: null, _copyPolicyFrom: POLICY }).expect(200, '""');

    expect((await send('get', 'twins/t:own')).body).toMatchObject({ policyId: 't:own' });
    expect((await send('get', 'policies')).body).toContain('t:own');
  });

  it('goes down a tree of many levels, and takes it away', async () => {
    await send('put', 'twins/t:0', THING);
    for (let level = 1; level <= 60; level++) {
      await send('put', `twins/t:${String(level - 1)}/children/t:${String(level)}`, THING).expect(201);
    }
    await send('post', 'twins/t:0/duplicate/c:0').expect(200);
    await send('post', `twins/t:0/duplicate/c:${'x'.repeat(120)}`).expect(400, /too long/);
    for (const root of ['t:0', 'c:0']) await send('delete', `twins/${root}/children`).expect(200);
    expect(await api.ids()).toEqual([]);
  });

  it('leaves children as roots when their parent is deleted alone', async () => {
    await send('put', 'twins/t:a', THING);
    for (const id of ['t:b', 't:c']) await send('put', `twins/t:a/children/${id}`, THING);
    await send('put', 'twins/t:b/children/t:d', THING);

    await send('delete', 'twins/t:a').expect(204);

    expect(idsOf((await send('get', 'twins')).body)).toEqual(['t:b', 't:c']);
    expect((await send('get', 'twins/t:d/parent')).body).toBe('t:b');
  });
});
