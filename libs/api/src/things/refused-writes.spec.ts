import fc from 'fast-check';
import { CAR, refusal, writtenCar } from '@gemel/testkit/http-api';

const car = writtenCar();
const { put, patch, get } = car;

describe('Things: Thing definition', () => {
  it.each(['a:b:1.0.0', 'a-b.c:d_e:1', 'https://example.org/model.tm.jsonld', 'http://localhost/x'])(
    'may be %s',
    async (definition) => {
      expect(await put('', { definition })).toMatchObject({ status: 201, body: { definition } });
      expect(await car.call('DELETE', `${CAR}/definition`)).toMatchObject({ status: 204 });
      expect(await put('/definition', definition)).toMatchObject({ status: 201 });
      expect(await patch('/definition', null)).toMatchObject({ status: 204 });
      expect(await car.call('GET', `${CAR}/definition`)).toMatchObject(refusal(404, 'things:definition.notfound'));
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
    expect(await car.call('DELETE', CAR + part)).toMatchObject({ status: 204 });
  });

  it.each(['*', 'a%2Fb', 'a%0Ab', '%C3%A4'])('%s is none', async (id) => {
    await put('', {});
    expect(await put(`/features/${id}`, {})).toMatchObject(refusal(400, 'json.key.invalid'));
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
        const answer = await car.call(method, CAR + part, body);
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
      const response = await fetch(car.url + CAR, {
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
