import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const CAR = '/api/2/things/org.example:car';
const FULL = {
  policyId: 'org.example:car',
  definition: 'org.example:car:1.0.0',
  attributes: { maker: 'ACME', place: { city: 'Bern' } },
  features: { engine: { definition: ['a:b:1'], properties: { rpm: 1 }, desiredProperties: { rpm: 2 } } },
};
const PARTS: readonly [path: string, value: unknown, other: unknown][] = [
  ['', FULL, { ...FULL, attributes: {} }],
  ['/policyId', FULL.policyId, undefined],
  ['/definition', FULL.definition, 'a:b:2'],
  ['/attributes', FULL.attributes, {}],
  ['/attributes/maker', 'ACME', null],
  ['/attributes/place', { city: 'Bern' }, { city: 'Thun' }],
  ['/features', FULL.features, {}],
  ['/features/engine', FULL.features.engine, {}],
  ['/features/engine/definition', ['a:b:1'], ['a:b:2']],
  ['/features/engine/properties', { rpm: 1 }, {}],
  ['/features/engine/properties/rpm', 1, 2],
  ['/features/engine/desiredProperties', { rpm: 2 }, {}],
  ['/features/engine/desiredProperties/rpm', 2, '2'],
];

describe('Things: If-equal', () => {
  beforeEach(async () => {
    // It names the policy that is made with it.
    expect(await call(api, 'PUT', CAR, { ...FULL, policyId: undefined })).toMatchObject({ status: 201 });
  });

  const withMode = (mode: string) => ({ headers: { 'if-equal': mode } });

  it.each(PARTS)('PUT %j is skipped when equal, with 412 and the current entity tag', async (part, value) => {
    const { headers } = await call(api, 'GET', CAR + part);
    const skipped = await call(api, 'PUT', CAR + part, value, withMode('skip'));
    expect(skipped).toMatchObject({
      status: 412,
      headers: { etag: headers['etag'] },
      body: { status: 412, error: 'things:precondition.failed' },
    });
    expect(await call(api, 'GET', CAR)).toMatchObject({ headers: { etag: '"rev:1"' } });
    const updated = await call(api, 'PUT', CAR + part, value, withMode('update'));
    expect(updated).toMatchObject({ status: 204, headers: { 'entity-revision': '2' } });
  });

  it.each(PARTS.filter(([, , other]) => other !== undefined))(
    'PUT %j is done when different',
    async (part, _, other) => {
      expect(await call(api, 'PUT', CAR + part, other, withMode('skip'))).toMatchObject({ status: 204 });
    },
  );

  it.each(PARTS)('PATCH %j is skipped when it would change nothing', async (part, value) => {
    for (const mode of ['skip', 'skip-minimizing-merge']) {
      expect(await call(api, 'PATCH', CAR + part, value, withMode(mode))).toMatchObject({ status: 412 });
    }
    expect(await call(api, 'PATCH', CAR + part, value)).toMatchObject({ status: 204 });
  });

  it('skips neither what makes something new nor a deletion', async () => {
    expect(await call(api, 'PUT', `${CAR}/attributes/new`, 1, withMode('skip'))).toMatchObject({ status: 201 });
    expect(await call(api, 'DELETE', `${CAR}/attributes/new`, undefined, withMode('skip'))).toMatchObject({
      status: 204,
    });
    expect(await call(api, 'PUT', '/api/2/things/org.example:new', {}, withMode('skip'))).toMatchObject({
      status: 201,
    });
  });

  it('minimizes a merge to what changes, but no PUT', async () => {
    const patch = { attributes: { maker: 'ACME', place: { city: 'Bern', zip: '3000' } }, definition: FULL.definition };
    expect(await call(api, 'PATCH', CAR, patch, withMode('skip-minimizing-merge'))).toMatchObject({ status: 204 });
    const last = await api.store.read((await api.store.end()) - 1, 1);
    expect(last).toMatchObject([
      { event: { action: 'merged', path: [], value: { attributes: { place: { zip: '3000' } } } } },
    ]);
    expect(last[0]?.event.value).toEqual({ attributes: { place: { zip: '3000' } } });
    expect(
      await call(api, 'PUT', `${CAR}/definition`, FULL.definition, withMode('skip-minimizing-merge')),
    ).toMatchObject({
      status: 204,
    });
  });

  it('comes after entity tags', async () => {
    const headers = { 'if-equal': 'skip', 'if-match': '"rev:7"' };
    const refused = await call(api, 'PUT', CAR, FULL, { headers });
    expect(refused).toMatchObject({ status: 412, body: { error: 'things:precondition.failed' } });
    expect(JSON.stringify(refused.body)).toContain('rev:7');
  });

  it.each(['nonsense', '', 'skip,update'])('refuses %j', async (mode) => {
    expect(await call(api, 'PUT', CAR, FULL, withMode(mode))).toMatchObject({
      status: 400,
      body: { error: 'header.invalid', description: expect.stringContaining('skip-minimizing-merge') as string },
    });
  });
});

describe('Policies: If-equal', () => {
  it.each(['', '/entries', '/entries/DEFAULT', '/entries/DEFAULT/subjects', '/entries/DEFAULT/resources'])(
    'PUT %j is skipped when equal',
    async (part) => {
      expect(await call(api, 'PUT', CAR, {})).toMatchObject({ status: 201 });
      const path = `/api/2/policies/org.example:car${part}`;
      const { body, headers } = await call(api, 'GET', path);
      const skip = { headers: { 'if-equal': 'skip' } };
      expect(await call(api, 'PUT', path, body, skip)).toMatchObject({
        status: 412,
        headers: { etag: headers['etag'] },
        body: { error: 'policies:precondition.failed' },
      });
      expect(await call(api, 'PUT', path, body)).toMatchObject({ status: 204 });
      expect(await call(api, 'DELETE', '/api/2/policies/org.example:car', undefined, skip)).toMatchObject({
        status: 204,
      });
    },
  );
});
