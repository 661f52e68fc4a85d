import fc from 'fast-check';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const CAR = '/api/2/things/org.example:car';
const put = (part: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call(api, 'PUT', CAR + part, body, { headers });
const patch = (part: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call(api, 'PATCH', CAR + part, body, { headers });
const get = async (part = ''): Promise<unknown> => (await call(api, 'GET', CAR + part)).body;
const refusal = (status: number, error: string) => ({ status, body: { status, error } });

describe('Things: Thing id in body vs path', () => {
  it.each([
    ['PUT', 'other:id', 'things:id.notsettable'],
    ['PUT', null, 'things:id.notsettable'],
    ['PUT', 5, 'things:id.notsettable'],
    ['PATCH', 'other:id', 'things:id.notsettable'],
    ['PATCH', null, 'things:id.notdeletable'],
  ] as const)('%s with %j is refused whether there is a thing or not', async (method, thingId, error) => {
    const body = { thingId, attributes: {} };
    expect(await call(api, method, CAR, body)).toMatchObject(refusal(400, error));
    await put('', {});
    expect(await call(api, method, CAR, body)).toMatchObject(refusal(400, error));
  });

  it('may be the same', async () => {
    expect(await put('', { thingId: 'org.example:car' })).toMatchObject({ status: 201 });
    expect(await patch('', { thingId: 'org.example:car', attributes: {} })).toMatchObject({ status: 204 });
  });

  it('of a POST is the server’s to give', async () => {
    expect(await call(api, 'POST', '/api/2/things', { thingId: 'a:b' })).toMatchObject(
      refusal(400, 'things:id.notsettable'),
    );
  });
});

describe('Things: Default namespace', () => {
  it('is taken by POST and by ids without one', async () => {
    const posted = await call(api, 'POST', '/api/2/things', { attributes: { a: 1 } });
    const [, id = ''] = /\/api\/2\/things\/(.*)$/.exec(posted.headers['location'] ?? '') ?? [];
    expect(id).toMatch(/^org\.eclipse\.ditto:[0-9a-f-]{36}$/);
    expect(posted).toMatchObject({ status: 201, headers: { etag: '"rev:1"' }, body: { thingId: id, policyId: id } });
    expect(await call(api, 'PUT', '/api/2/things/:mine', {})).toMatchObject({
      body: { thingId: 'org.eclipse.ditto:mine' },
    });
    const named = await call(api, 'POST', '/api/2/things?namespace=org.acme', {});
    expect(named.headers['location']).toContain('/things/org.acme:');
  });
});

describe('Things: Default policy creation', () => {
  it('gives the first subject everything', async () => {
    await put('', {});
    expect((await call(api, 'GET', '/api/2/policies/org.example:car')).body).toMatchObject({
      entries: {
        DEFAULT: {
          subjects: { 'nginx:ditto': {} },
          resources: {
            'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
            'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
            'message:/': { grant: ['READ', 'WRITE'], revoke: [] },
          },
        },
      },
    });
  });
});

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
      headers: { location: `${api.url}${CAR}/attributes/c/e/f`, 'entity-revision': '4' },
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

describe('Things: Thing definition', () => {
  it.each(['a:b:1.0.0', 'a-b.c:d_e:1', 'https://example.org/model.tm.jsonld', 'http://localhost/x'])(
    'may be %s',
    async (definition) => {
      expect(await put('', { definition })).toMatchObject({ status: 201, body: { definition } });
      expect(await call(api, 'DELETE', `${CAR}/definition`)).toMatchObject({ status: 204 });
      expect(await put('/definition', definition)).toMatchObject({ status: 201 });
      expect(await patch('/definition', null)).toMatchObject({ status: 204 });
      expect(await call(api, 'GET', `${CAR}/definition`)).toMatchObject(refusal(404, 'things:definition.notfound'));
    },
  );

  it.each(['a:b', 'a:b:c:d', 'a::c', '', 'ftp://x/y', 'a b:c:d'])('cannot be %j', async (definition) => {
    expect(await put('', { definition })).toMatchObject(refusal(400, 'things:definition.identifier.invalid'));
  });
});

describe('Things: Feature id rule', () => {
  it.each(['f', 'a b', '日本', 'a:b', '__proto__', '~'])('%j is a feature id', async (id) => {
    await put('', {});
    const part = `/features/${encodeURIComponent(id)}`;
    expect(await put(part, {})).toMatchObject({ status: 201 });
    expect(await get('/features')).toEqual(Object.fromEntries([[id, {}]]));
    expect(await call(api, 'DELETE', CAR + part)).toMatchObject({ status: 204 });
  });

  it.each(['*', 'a%2Fb', 'a%0Ab', '%C3%A4'])('%s is none', async (id) => {
    await put('', {});
    expect(await put(`/features/${id}`, {})).toMatchObject(refusal(400, 'json.key.invalid'));
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
    expect((await call(api, 'GET', CAR)).headers['etag']).toBe('"rev:1"');
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
    await call(api, 'PUT', '/api/2/policies/org.example:car/entries/other', entry);
    const by = { user: 'other' };
    const attempt = (body: unknown) => call(api, 'PATCH', CAR, body, by);
    expect(await attempt({ attributes: { a: { b: 2 } } })).toMatchObject({ status: 204 });
    for (const body of [
      { attributes: { a: { b: 2, c: 1 } } },
      { attributes: { a: null } },
      { attributes: { a: { '{{ ~.*~ }}': null } } },
      { attributes: { a: { b: 2 }, d: 1 } },
    ]) {
      expect(await attempt(body)).toMatchObject(refusal(403, 'things:thing.notmodifiable'));
    }
    expect(await call(api, 'PATCH', `${CAR}/attributes/a`, { b: 3 }, by)).toMatchObject({ status: 204 });
    expect(await call(api, 'PATCH', `${CAR}/attributes/a/c`, 3, by)).toMatchObject(
      refusal(403, 'things:attribute.notmodifiable'),
    );
  });
});

describe('Things: Merge creates thing', () => {
  it('at the root, nulls dropped, with a place and a policy', async () => {
    const body = { attributes: { a: 1, b: null, c: { d: null } }, definition: null };
    expect(await patch('', body)).toMatchObject({
      status: 201,
      headers: { location: api.url + CAR, etag: '"rev:1"' },
      body: { thingId: 'org.example:car', policyId: 'org.example:car', attributes: { a: 1, c: {} } },
    });
  });

  it('but not below', async () => {
    expect(await patch('/attributes', { a: 1 })).toMatchObject(refusal(404, 'things:thing.notfound'));
    expect(await patch('', { attributes: {} }, { 'if-match': '*' })).toMatchObject(
      refusal(412, 'things:precondition.failed'),
    );
  });
});

describe('Things: ETag preconditions', () => {
  it.each([
    ['PUT', '', { 'if-match': '*' }, 412],
    ['PUT', '', { 'if-none-match': '*' }, 201],
    ['PUT', '', { 'if-none-match': '"rev:1"' }, 201],
    ['PUT', '', { 'if-match': '"rev:1"' }, 412],
    ['PATCH', '', { 'if-match': '*' }, 412],
    ['DELETE', '', { 'if-match': '*' }, 404],
    ['PUT', '/attributes', { 'if-match': '*' }, 404],
  ] as const)('on an absent thing %s %j with %j is %i', async (method, part, headers, status) => {
    const body = method === 'DELETE' ? undefined : { attributes: {} };
    expect(await call(api, method, CAR + part, body, { headers })).toMatchObject({ status });
  });

  it.each([
    ['PUT', '', { 'if-none-match': '*' }, 412],
    ['PUT', '', { 'if-match': '"rev:1", "rev:7"' }, 204],
    ['PUT', '', { 'if-match': 'W/"rev:1"' }, 412],
    ['PUT', '', { 'if-none-match': 'W/"rev:1"' }, 204],
    ['PUT', '', { 'if-match': 'rev:1' }, 400],
    ['PUT', '/attributes/new', { 'if-match': '*' }, 412],
    ['PUT', '/attributes/new', { 'if-none-match': '*' }, 201],
    ['PATCH', '/attributes/new', { 'if-match': '*' }, 412],
    ['DELETE', '/attributes/new', { 'if-match': '*' }, 404],
    ['DELETE', '', { 'if-none-match': '"rev:1"' }, 412],
    ['DELETE', '', { 'if-match': '"rev:1"' }, 204],
  ] as const)('on a thing %s %j with %j is %i', async (method, part, headers, status) => {
    await put('', { attributes: {} });
    const body = method === 'DELETE' ? undefined : { attributes: {} };
    const answer = await call(api, method, CAR + part, body, { headers });
    expect(answer).toMatchObject({ status });
    if (status === 412 && part === '') expect(answer.headers['etag']).toBe('"rev:1"');
  });
});

describe('Things: Conditions on writes', () => {
  beforeEach(() => put('', { attributes: { a: 1 } }));

  it.each([
    ['PUT', 'eq(attributes/a,1)', 204, undefined],
    ['PUT', 'eq(attributes/a,2)', 412, 'things:condition.failed'],
    ['PATCH', 'gt(_revision,1)', 412, 'things:condition.failed'],
    ['DELETE', 'exists(attributes/b)', 412, 'things:condition.failed'],
    ['DELETE', 'and(exists(attributes/a),lt(attributes/a,2))', 204, undefined],
    ['PUT', 'nonsense', 400, 'things:condition.invalid'],
    ['PATCH', 'eq(attributes/a', 400, 'things:condition.invalid'],
  ] as const)('%s under %s is %i', async (method, condition, status, error) => {
    const body = method === 'DELETE' ? undefined : 5;
    const answer = await call(api, method, `${CAR}/attributes/a?condition=${encodeURIComponent(condition)}`, body);
    expect(answer).toMatchObject(error === undefined ? { status } : refusal(status, error));
  });

  it('come after rights and tags, but a condition must be one before rights are looked at', async () => {
    const as = (headers: Record<string, string>) => call(api, 'PUT', CAR, {}, { user: 'other', headers });
    expect(await as({ condition: 'nonsense' })).toMatchObject(refusal(400, 'things:condition.invalid'));
    expect(await as({ condition: 'eq(attributes/a,1)' })).toMatchObject(refusal(412, 'things:condition.failed'));
    const both = { condition: 'eq(attributes/a,2)', 'if-match': '"rev:9"' };
    expect(await put('', {}, both)).toMatchObject(refusal(412, 'things:precondition.failed'));
    expect(
      await call(api, 'PUT', '/api/2/things/org.example:new', {}, { headers: { condition: 'eq(attributes/a,1)' } }),
    ).toMatchObject({ status: 201 });
  });
});

describe('Things: Deletion and re-creation', () => {
  it('goes on counting revisions, and leaves the policy', async () => {
    await put('', { attributes: {} });
    expect(await call(api, 'DELETE', CAR)).toMatchObject({ status: 204, headers: { 'entity-revision': '2' } });
    expect(await call(api, 'DELETE', CAR)).toMatchObject(refusal(404, 'things:thing.notfound'));
    expect(await put('', {})).toMatchObject(refusal(400, 'things:thing.notcreatable'));
    expect(await put('', { policyId: 'org.example:car' })).toMatchObject({
      status: 201,
      headers: { etag: '"rev:3"', 'entity-revision': '3' },
    });
    expect(await get('/attributes')).toMatchObject({ error: 'things:attributes.notfound' });
  });
});

describe('Things: Thing size limit', () => {
  const overhead = JSON.stringify({
    thingId: 'org.example:car',
    policyId: 'org.example:car',
    attributes: { a: '' },
  }).length;

  it('is 100 kB of the thing that would be, on the byte', async () => {
    const largest = 'x'.repeat(102_400 - overhead);
    expect(await put('', { attributes: { a: largest } })).toMatchObject({ status: 201 });
    expect(await put('/attributes/a', `${largest}x`)).toMatchObject(refusal(413, 'things:thing.toolarge'));
    expect(await put('/attributes/b', 1)).toMatchObject(refusal(413, 'things:thing.toolarge'));
    expect(await patch('', { attributes: { b: 1 } })).toMatchObject(refusal(413, 'things:thing.toolarge'));
    expect(await patch('', { attributes: { a: null, b: largest } })).toMatchObject({ status: 204 });
    // Bytes, not characters.
    expect(await put('/attributes/b', 'ä'.repeat(60_000))).toMatchObject(refusal(413, 'things:thing.toolarge'));
  });

  it('lets in 10,000 keys and bounds nesting', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${String(at)}`, 0]));
    expect(await put('', { attributes })).toMatchObject({ status: 201 });
    expect(await patch('/attributes', { '{{ ~k[0-8].*~ }}': null })).toMatchObject({ status: 204 });
    expect(Object.keys((await get('/attributes')) ?? {})).toHaveLength(1_111);
    let nested: unknown = 1;
    for (let depth = 0; depth < 200; depth++) nested = { a: nested };
    expect(await put('/attributes/deep', nested)).toMatchObject(refusal(400, 'json.invalid'));
    expect(await put(`/attributes${'/a'.repeat(200)}`, 1)).toMatchObject({ status: 400 });
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

describe('hostile bodies and paths', () => {
  it('are never a mistake of the server', async () => {
    await put('', { attributes: {}, features: { f: {} } });
    const parts = fc.constantFrom(
      '',
      '/attributes',
      '/features',
      '/features/f',
      '/features/f/properties',
      '/definition',
      '/policyId',
    );
    const keys = fc.constantFrom(
      'a',
      '__proto__',
      'constructor',
      'thingId',
      'policyId',
      '_policy',
      '_copyPolicyFrom',
      '{{ ~.*~ }}',
      'features',
      'attributes',
      '*',
      '',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, 0, -1e308, true, '', '{{ time:now }}', '{{', 'a:b'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('PUT', 'PATCH'), parts, json, async (method, part, body) => {
        const answer = await call(api, method, CAR + part, body);
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400)
          expect(answer.body).toMatchObject({ status: answer.status, message: expect.any(String) as string });
      }),
      { numRuns: 150 },
    );
  });

  it.each(['{', '', 'nul', '{"a":1}x', '"\\ud800"', '[1,]', '{"a":1e999}', '\ufeff{}'])(
    '%j is no JSON',
    async (text) => {
      const response = await fetch(api.url + CAR, {
        method: 'PUT',
        body: text,
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${Buffer.from('ditto:ditto').toString('base64')}`,
        },
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ status: 400, error: 'json.invalid' });
    },
  );
});
