import { CAR, refusal, writtenCar } from '@gemel/testkit/http-api';

const car = writtenCar();
const { put, patch, get } = car;

describe('Things: Thing id in body vs path', () => {
  it.each([
    ['PUT', 'other:id', 'things:id.notsettable'],
    ['PUT', null, 'things:id.notsettable'],
    ['PUT', 5, 'things:id.notsettable'],
    ['PATCH', 'other:id', 'things:id.notsettable'],
    ['PATCH', null, 'things:id.notdeletable'],
  ] as const)('%s with %j is refused whether there is a thing or not', async (method, thingId, error) => {
    const body = { thingId, attributes: {} };
    expect(await car.call(method, CAR, body)).toMatchObject(refusal(400, error));
    await put('', {});
    expect(await car.call(method, CAR, body)).toMatchObject(refusal(400, error));
  });

  it('may be the same', async () => {
    expect(await put('', { thingId: 'org.example:car' })).toMatchObject({ status: 201 });
    expect(await patch('', { thingId: 'org.example:car', attributes: {} })).toMatchObject({ status: 204 });
  });

  it('of a POST is the server’s to give', async () => {
    expect(await car.call('POST', '/api/2/things', { thingId: 'a:b' })).toMatchObject(
      refusal(400, 'things:id.notsettable'),
    );
  });
});

describe('Things: Default namespace', () => {
  it('is taken by POST and by ids without one', async () => {
    const posted = await car.call('POST', '/api/2/things', { attributes: { a: 1 } });
    const [, id = ''] = /\/api\/2\/things\/(.*)$/.exec(posted.headers['location'] ?? '') ?? [];
    expect(id).toMatch(/^org\.eclipse\.ditto:[0-9a-f-]{36}$/);
    expect(posted).toMatchObject({ status: 201, headers: { etag: '"rev:1"' }, body: { thingId: id, policyId: id } });
    expect(await car.call('PUT', '/api/2/things/:mine', {})).toMatchObject({
      body: { thingId: 'org.eclipse.ditto:mine' },
    });
    const named = await car.call('POST', '/api/2/things?namespace=org.acme', {});
    expect(named.headers['location']).toContain('/things/org.acme:');
  });
});

describe('Things: Default policy creation', () => {
  it('gives the first subject everything', async () => {
    await put('', {});
    expect((await car.call('GET', '/api/2/policies/org.example:car')).body).toMatchObject({
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

describe('Things: Merge creates thing', () => {
  it('at the root, nulls dropped, with a place and a policy', async () => {
    const body = { attributes: { a: 1, b: null, c: { d: null } }, definition: null };
    expect(await patch('', body)).toMatchObject({
      status: 201,
      headers: { location: car.url + CAR, etag: '"rev:1"' },
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

describe('Things: Deletion and re-creation', () => {
  it('goes on counting revisions, and leaves the policy', async () => {
    await put('', { attributes: {} });
    expect(await car.call('DELETE', CAR)).toMatchObject({ status: 204, headers: { 'entity-revision': '2' } });
    expect(await car.call('DELETE', CAR)).toMatchObject(refusal(404, 'things:thing.notfound'));
    expect(await put('', {})).toMatchObject(refusal(400, 'things:thing.notcreatable'));
    expect(await put('', { policyId: 'org.example:car' })).toMatchObject({
      status: 201,
      headers: { etag: '"rev:3"', 'entity-revision': '3' },
    });
    expect(await get('/attributes')).toMatchObject({ error: 'things:attributes.notfound' });
  });
});
