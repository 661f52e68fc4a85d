import { CAR, refusal, writtenCar } from '@gemel/testkit/http-api';

const car = writtenCar();
const { put, patch, get } = car;

describe('Things: PUT semantics', () => {
  it('replaces, stores null, and says whether the addressed part is new', async () => {
    expect(await put('', { attributes: { a: 1, b: null }, definition: null })).toMatchObject({ status: 201 });
    expect(await get('/attributes')).toEqual({ a: 1, b: null });
    expect(await put('/attributes', { c: null })).toMatchObject({ status: 204, text: '' });
    expect(await put('/attributes/c', { d: 1 })).toMatchObject({ status: 204 });
    const created = await put('/attributes/c/e/f?timeout=5s', [null]);
    expect(created).toMatchObject({
      status: 201,
      text: '[null]',
      headers: { location: `${car.url}${CAR}/attributes/c/e/f`, 'entity-revision': '4' },
    });
    expect(created.headers['etag']).toMatch(/^"hash:/);
    expect(await get('/attributes')).toEqual({ c: { d: 1, e: { f: [null] } } });
  });

  it.each([
    ['/attributes', [], 400, 'json.invalid'],
    ['/attributes', '', 400, 'json.invalid'],
    ['/features', 5, 400, 'json.invalid'],
    ['/features/f', 'x', 400, 'json.invalid'],
    ['/features/f/properties', [], 400, 'json.invalid'],
    ['/features/f/properties/a', 1, 404, 'things:feature.notfound'],
    ['/features/f/desiredProperties', {}, 404, 'things:feature.notfound'],
    ['/features/f/definition', ['a:b:1'], 404, 'things:feature.notfound'],
    ['/policyId', 'none:policy', 400, 'things:thing.notcreatable'],
    ['/policyId', null, 400, 'policies:id.invalid'],
    ['/policyId', 5, 400, 'policies:id.invalid'],
    ['/attributes/a%00b', 1, 400, 'json.key.invalid'],
    ['/attributes/a', { 'x/y': 1 }, 400, 'json.key.invalid'],
    ['/attributes/a', { 'x\u0007': 1 }, 400, 'json.key.invalid'],
    ['/attributes//a', 1, 400, 'json.pointer.invalid'],
  ])('%s with %j is %i %s', async (part, body, status, error) => {
    await put('', {});
    expect(await put(part, body)).toMatchObject(refusal(status, error));
  });

  it('looks at the value before it looks for the thing', async () => {
    expect(await put('/definition', 'nonsense')).toMatchObject(refusal(400, 'things:definition.identifier.invalid'));
    expect(await put('/features/f/definition', [])).toMatchObject(refusal(400, 'things:feature.definition.empty'));
    expect(await put('/attributes', {})).toMatchObject(refusal(404, 'things:thing.notfound'));
    expect(await put('/attributes', {}, { 'if-equal': 'x' })).toMatchObject(refusal(400, 'header.invalid'));
  });
});

describe('Things: Merge patch', () => {
  beforeEach(() =>
    put('', { attributes: { a: { b: 1, c: [1, 2] }, d: 1 }, features: { f: { properties: { x: 1 } } } }),
  );

  it.each<[string, unknown, unknown]>([
    ['', { attributes: { a: { b: null }, d: { e: null, f: 1 } } }, { a: { c: [1, 2] }, d: { f: 1 } }],
    ['', { attributes: null }, undefined],
    ['/attributes', { a: { c: [null] } }, { a: { b: 1, c: [null] }, d: 1 }],
    ['/attributes', null, undefined],
    ['/attributes/a', null, { d: 1 }],
    ['/attributes/a/b/c', 1, { a: { b: { c: 1 }, c: [1, 2] }, d: 1 }],
    ['/attributes/new/deep', { x: null }, { a: { b: 1, c: [1, 2] }, d: 1, new: { deep: {} } }],
    ['/attributes/none', null, { a: { b: 1, c: [1, 2] }, d: 1 }],
    ['/attributes', { '{{ ~[ad]~ }}': null, d: 2 }, { d: 2 }],
  ])('PATCH %j with %j', async (part, body, attributes) => {
    expect(await patch(part, body)).toMatchObject({ status: 204, text: '', headers: { 'entity-revision': '2' } });
    expect(await get()).toEqual({
      thingId: 'org.example:car',
      policyId: 'org.example:car',
      ...(attributes === undefined ? {} : { attributes }),
      features: { f: { properties: { x: 1 } } },
    });
  });

  it.each([
    ['', null, 400, 'things:merge.invalid'],
    ['', {}, 400, 'things:merge.invalid'],
    ['', [], 400, 'json.invalid'],
    ['', { policyId: null }, 400, 'things:policyId.notdeletable'],
    ['', { attributes: {}, _policy: { entries: {} } }, 400, 'things:policy.notallowed'],
    ['', { attributes: { '{{ ~(~ }}': null } }, 400, 'things:merge.invalid'],
    ['/attributes', 5, 400, 'json.invalid'],
    ['/policyId', null, 400, 'things:policyId.notdeletable'],
  ])('PATCH %j with %j is %i %s', async (part, body, status, error) => {
    expect(await patch(part, body)).toMatchObject(refusal(status, error));
    expect((await car.call('GET', CAR)).headers['etag']).toBe('"rev:1"');
  });

  it('is merge-patch+json only', async () => {
    for (const type of ['application/json', 'application/json-patch+json', 'text/plain']) {
      expect(await patch('', { attributes: {} }, { 'content-type': type })).toMatchObject(
        refusal(415, 'mediatype.unsupported'),
      );
    }
  });

  it('needs WRITE on every leaf it touches', async () => {
    const entry = {
      subjects: { 'nginx:other': { type: 't' } },
      resources: {
        'thing:/attributes/a': { grant: ['READ', 'WRITE'], revoke: [] },
        'thing:/attributes/a/c': { grant: [], revoke: ['WRITE'] },
      },
    };
    await car.call('PUT', '/api/2/policies/org.example:car/entries/other', entry);
    const by = { user: 'other' };
    const attempt = (body: unknown) => car.call('PATCH', CAR, body, by);
    expect(await attempt({ attributes: { a: { b: 2 } } })).toMatchObject({ status: 204 });
    for (const body of [
      { attributes: { a: { b: 2, c: 1 } } },
      { attributes: { a: null } },
      { attributes: { a: { '{{ ~.*~ }}': null } } },
      { attributes: { a: { b: 2 }, d: 1 } },
    ]) {
      expect(await attempt(body)).toMatchObject(refusal(403, 'things:thing.notmodifiable'));
    }
    expect(await car.call('PATCH', `${CAR}/attributes/a`, { b: 3 }, by)).toMatchObject({ status: 204 });
    expect(await car.call('PATCH', `${CAR}/attributes/a/c`, 3, by)).toMatchObject(
      refusal(403, 'things:attribute.notmodifiable'),
    );
  });
});

describe('Things: concurrent writers on one thing', () => {
  it('each have an effect and a revision of their own', async () => {
    await put('', { attributes: {} });
    const keys = Array.from({ length: 60 }, (_, at) => `k${String(at)}`);
    const answers = await Promise.all(
      keys.map((key, at) => (at % 2 === 0 ? put(`/attributes/${key}`, at) : patch('', { attributes: { [key]: at } }))),
    );
    const revisions = answers.map(({ headers }) => Number(headers['entity-revision'])).sort((a, b) => a - b);
    expect(revisions).toEqual(keys.map((_, at) => at + 2));
    expect(await get('/attributes')).toEqual(Object.fromEntries(keys.map((key, at) => [key, at])));
  });

  it('that depend on the same entity tag: one wins', async () => {
    await put('', { attributes: { n: 0 } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        put('/attributes/n', at, { 'if-match': '*', condition: 'eq(_revision,1)' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array<number>(19).fill(412)]);
  });
});
