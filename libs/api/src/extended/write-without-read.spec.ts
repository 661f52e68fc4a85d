import { openExtendedApi } from '@gemel/testkit/http-api';
import type { OpenExtendedApi } from '@gemel/testkit/http-api';
import request from 'supertest';

type Verb = 'get' | 'put' | 'patch' | 'delete';

const EVERYTHING = { grant: ['READ', 'WRITE'], revoke: [] };
const OWNER = {
  subjects: { 'test:owner': { type: 'test' } },
  resources: { 'thing:/': EVERYTHING, 'policy:/': EVERYTHING },
};

let api: OpenExtendedApi;
const send = (verb: Verb, path: string, body?: object, who = 'stranger') =>
  request(api.url)[verb](`/api/${path}`).set('x-who', who).send(body);

/** A type and two twins, one below the other, of which the stranger has the rights named. */
async function openFor(rights: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const resources = Object.fromEntries(Object.entries(rights).map(([key, grant]) => [key, { grant, revoke: [] }]));
  const stranger = { subjects: { 'test:stranger': { type: 'test' } }, resources };
  const _policy = { entries: { OWNER, stranger } };
  const attributes = { name: 'n' };
  await send('put', 'types/x:type', { attributes, _policy }, 'owner').expect(201);
  await send('put', 'twins/x:car', { attributes, policyId: 'x:type' }, 'owner').expect(201);
  await send('put', 'twins/x:car/children/x:wheel', { attributes, policyId: 'x:type' }, 'owner').expect(201);
}

beforeEach(async () => {
  api = await openExtendedApi();
});
afterEach(() => api.close());

const WHEEL = { _isType: false, _parents: 'x:car' };

describe('a caller who may write a thing, and read nothing of it', () => {
  beforeEach(() => openFor({ 'thing:/': ['WRITE'] }));

  it('replaces and patches it as in Ditto, and what holds the composition stays', async () => {
    await send('get', 'twins/x:wheel').expect(404);
    await send('put', 'twins/x:wheel', { attributes: { a: 1 } }).expect(204, '');
    expect(await api.stored('x:wheel')).toMatchObject({ attributes: { ...WHEEL, a: 1 } });
    await send('patch', 'twins/x:wheel', { attributes: { b: 2 } }).expect(204, '');
    expect(await api.stored('x:wheel')).toMatchObject({ attributes: { ...WHEEL, a: 1, b: 2 } });
    await send('patch', 'twins/x:wheel', { attributes: null }).expect(204);
    expect(await api.stored('x:wheel')).toEqual({ thingId: 'x:wheel', policyId: 'x:type', attributes: WHEEL });
    await send('put', 'types/x:type', { attributes: { a: 1 } }).expect(204);
    expect(await api.stored('x:type')).toMatchObject({ attributes: { _isType: true, a: 1 } });
  });

  it('links it with a body, and not without one, as if it were not there', async () => {
    await send('put', 'twins/y:other', { policyId: 'example:shared' }).expect(201);
    await send('put', 'twins/y:other/children/x:wheel', {}).expect(400);
    await send('put', 'twins/y:other/children/x:wheel', { attributes: { a: 1 } }).expect(204);
    expect(await api.stored('x:wheel')).toMatchObject({ attributes: { _isType: false, _parents: 'y:other', a: 1 } });
  });

  it.each(['put', 'patch'] as const)(
    'is shown nothing by a %s without a body, and is refused the other kind',
    async (verb) => {
      await send(verb, 'twins/x:car').expect(400);
      await send(verb, 'types/x:car', { attributes: {} }).expect(412, '');
      await send(verb, 'twins/x:type', { attributes: {} }).expect(412, '');
      expect(await api.stored('x:type')).toMatchObject({ attributes: { _isType: true, name: 'n' } });
    },
  );
});

describe('a caller who may write things, and read nothing of them, and deletes', () => {
  it.each(['twins/x:wheel', 'twins/x:car', 'twins/x:car/children', 'twins/x:type', 'types/x:type', 'types/x:car'])(
    '%s is told that it is not there: what hangs on it would be left behind',
    async (path) => {
      await openFor({ 'thing:/': ['WRITE'] });
      await send('delete', path).expect(404, '');
      for (const id of ['x:type', 'x:car', 'x:wheel']) expect(await api.stored(id)).toMatchObject({ thingId: id });
    },
  );
});

describe('a caller who may write a thing, and read its features only', () => {
  it('takes nothing from it that they do not see', async () => {
    await openFor({ 'thing:/': ['WRITE'], 'thing:/features': ['READ'] });
    await send('put', 'twins/x:wheel', { features: { f: {} } }).expect(204);
    expect(await api.stored('x:wheel')).toMatchObject({ attributes: WHEEL, features: { f: {} } });
    await send('get', 'twins/x:wheel').expect(200, /"features"/);
    await send('put', 'twins/x:type', { features: { f: {} } }).expect(412);
    expect(await api.stored('x:type')).toMatchObject({ attributes: { _isType: true, name: 'n' } });
  });

  it('finds it by the kind that it is of, also to delete it', async () => {
    await openFor({ 'thing:/': ['WRITE'], 'thing:/features': ['READ'] });
    for (const id of ['x:type', 'x:car'])
      await send('put', `${id === 'x:type' ? 'types' : 'twins'}/${id}`, { features: { f: {} } }).expect(204);
    for (const [path, verb] of [
      ['twins/x:type', 'get'],
      ['twins/x:type', 'delete'],
      ['twins/x:type/children', 'delete'],
      ['types/x:car', 'get'],
      ['types/x:car', 'delete'],
    ] as const)
      await send(verb, path).expect(412);
    await send('get', 'types/x:type').expect(200, /"f"/);
    await send('delete', 'types/x:type').expect(204);
    await send('delete', 'twins/x:car').expect(204);
    expect(await api.stored('x:type')).toBeUndefined();
    expect(await api.stored('x:car')).toBeUndefined();
  });
});

describe('a caller who may neither read nor write a thing', () => {
  it('is refused as in Ditto, whichever kind it is of', async () => {
    await openFor({ 'message:/': ['READ'] });
    for (const verb of ['put', 'patch'] as const)
      for (const path of ['twins/x:car', 'twins/x:type', 'types/x:car', 'types/x:type'])
        await send(verb, path, { attributes: { a: 1 } }).expect(403, '');
    for (const path of ['twins/x:car', 'twins/x:type', 'twins/x:car/children', 'types/x:car', 'types/x:type'])
      await send('delete', path).expect(404, '');
  });
});
