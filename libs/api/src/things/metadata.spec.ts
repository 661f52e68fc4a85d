import { ask, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

type Headers = Readonly<Record<string, string>>;

const CAR = '/api/2/things/org.example:car';
const LAMP = { properties: { color: { r: 100, g: 0 }, on: true } };

const send = (verb: Verb, path: string, body?: unknown, headers: Headers = {}, user?: string) =>
  ask(api, verb, path, body, user).set(headers);

/** Headers hold ASCII only; JSON can say everything in it. */
const entries = (keys: Readonly<Record<string, unknown>>): Headers => ({
  'put-metadata': JSON.stringify(Object.entries(keys).map(([key, value]) => ({ key, value }))).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
});

async function metadata(user = 'ditto'): Promise<unknown> {
  const { body } = await send('get', `${CAR}?fields=_metadata`, undefined, {}, user).expect(200);
  return (body as Readonly<Record<string, unknown>>)['_metadata'];
}

async function picked(path: string, keys: string): Promise<unknown> {
  const { headers } = await send('get', CAR + path, undefined, { 'get-metadata': keys }).expect(200);
  return JSON.parse(String(headers['ditto-metadata']));
}

beforeEach(async () => {
  api = await openHttpApi();
  await send('put', CAR, { attributes: { maker: 'ACME' }, features: { lamp: LAMP } }).expect(201);
});
afterEach(() => api.close());

describe('Things: Metadata put', () => {
  it('describes parts by absolute keys, shown only when asked for', async () => {
    const header = entries({ '/features/lamp/properties/color/note': 'RGB', 'attributes/maker/by': { name: 'me' } });
    await send('put', `${CAR}/attributes/wheels`, 4, entries({ unit: 'pieces' })).expect(201);
    await send('put', CAR, { attributes: { maker: 'ACME', wheels: 4 }, features: { lamp: LAMP } }, header).expect(204);
    expect(await metadata()).toEqual({
      attributes: { maker: { by: { name: 'me' } }, wheels: { unit: 'pieces' } },
      features: { lamp: { properties: { color: { note: 'RGB' } } } },
    });
    const plain = await send('get', CAR).expect(200);
    expect(plain.body).not.toHaveProperty('_metadata');
    expect(plain.headers).not.toHaveProperty('ditto-metadata');
    const part = await send('get', `${CAR}?fields=thingId,_metadata/attributes/wheels`).expect(200);
    expect(part.body).toEqual({
      thingId: 'org.example:car',
      _metadata: { attributes: { wheels: { unit: 'pieces' } } },
    });
  });

  it('is relative to the resource that is written, wildcards standing for what is written', async () => {
    await send('put', `${CAR}/features/lamp/properties/color`, { r: 1, b: 2 }, entries({ '*/at': 'now' })).expect(204);
    await send(
      'patch',
      `${CAR}/features/lamp`,
      { properties: { on: false } },
      entries({ 'properties/*/at': 2 }),
    ).expect(204);
    expect(await metadata()).toEqual({
      features: { lamp: { properties: { color: { r: { at: 'now' }, b: { at: 'now' } }, on: { at: 2 } } } },
    });
  });

  it('counts as a change, of a PATCH and of a creation, too', async () => {
    const patched = await send('patch', CAR, { attributes: { maker: 'ACME' } }, entries({ 'attributes/*/x': 1 }));
    expect([patched.status, patched.headers['entity-revision']]).toEqual([204, '2']);
    expect(await metadata()).toEqual({ attributes: { maker: { x: 1 } } });
    const created = await send('post', '/api/2/things', { attributes: { a: 1 } }, entries({ 'attributes/*/x': 1 }));
    const { thingId } = created.body as { thingId: string };
    const read = await send('get', `/api/2/things/${thingId}?fields=_metadata`).expect(200);
    expect(read.body).toEqual({ _metadata: { attributes: { a: { x: 1 } } } });
  });

  it('may come inline with a new thing, and then not in the header', async () => {
    const inline = { attributes: { a: 1 }, _metadata: { attributes: { a: { unit: 'm' } } } };
    const refused = await send('put', '/api/2/things/org.example:new', inline, entries({ 'attributes/a/b': 1 }));
    expect(refused.body).toMatchObject({ status: 400, error: 'things:metadata.notmodifiable' });
    await send('put', '/api/2/things/org.example:new', inline).expect(201);
    const read = await send('get', '/api/2/things/org.example:new?fields=_metadata').expect(200);
    expect(read.body).toEqual({ _metadata: inline._metadata });
    await send('put', '/api/2/things/org.example:new', { ...inline, _metadata: { other: 1 } }).expect(204);
    const again = await send('get', '/api/2/things/org.example:new?fields=_metadata').expect(200);
    expect(again.body).toEqual({ _metadata: inline._metadata });
  });

  it('goes with what it describes', async () => {
    await send('patch', CAR, { attributes: { maker: 'X' } }, entries({ '*/k': 1 })).expect(204);
    await send('put', `${CAR}/attributes/wheels`, 4, entries({ k: 2 })).expect(201);
    await send('delete', `${CAR}/attributes/maker`).expect(204);
    expect(await metadata()).toEqual({ attributes: { wheels: { k: 2 } } });
    await send('delete', CAR).expect(204);
    await send('put', CAR, { policyId: 'org.example:car', attributes: { wheels: 4 } }).expect(201);
    expect(await metadata()).toBeUndefined();
  });

  it.each([
    [{ 'put-metadata': 'x' }, 'header.invalid'],
    [{ 'put-metadata': '[{"key":"a//b","value":1}]' }, 'header.invalid'],
    [entries({ '*/*/k': 1 }), 'header.invalid'],
    [{ 'delete-metadata': 'a(' }, 'header.invalid'],
    [{ ...entries({ 'attributes/a/k': 1 }), 'delete-metadata': '*' }, 'things:metadata.headersconflict'],
    [{ ...entries({ 'attributes/a/k': 1 }), 'get-metadata': '*' }, 'things:metadata.headersconflict'],
  ])('refuses %j with 400 %s and changes nothing', async (headers, code) => {
    const response = await send('put', CAR, { attributes: { maker: 'other' } }, headers).expect(400);
    expect(response.body).toMatchObject({ status: 400, error: code });
    expect((await send('get', CAR).expect(200)).headers['etag']).toBe('"rev:1"');
  });

  it('counts in the size of the thing', async () => {
    const path = '/api/2/things/org.example:big';
    const large = { attributes: { a: 'x'.repeat(60_000) }, _metadata: { attributes: { a: 'y'.repeat(60_000) } } };
    const response = await send('put', path, large).expect(413);
    expect(response.body).toMatchObject({ error: 'things:thing.toolarge' });
  });
});

describe('Things: Metadata get/delete', () => {
  beforeEach(async () => {
    const header = entries({ '*/by': 'me', 'features/lamp/properties/color/note': 'ä→🚗' });
    await send('patch', CAR, { attributes: { maker: 'ACME' }, features: { lamp: LAMP } }, header).expect(204);
  });

  it('comes in the header ditto-metadata, relative to the resource', async () => {
    expect(await picked('', 'attributes/maker')).toEqual({ attributes: { maker: { by: 'me' } } });
    expect(await picked('', 'features/*/properties/*/note')).toEqual({
      features: { lamp: { properties: { color: { note: 'ä→🚗' } } } },
    });
    expect(await picked('/features/lamp', 'properties/on,properties/*/note')).toEqual({
      properties: { on: { by: 'me' }, color: { note: 'ä→🚗' } },
    });
    expect(await picked('/features/lamp/properties/color', '*')).toEqual({
      r: { by: 'me' },
      g: { by: 'me' },
      note: 'ä→🚗',
    });
    expect(await picked('/attributes/maker', 'nothing')).toEqual({});
  });

  it('is deleted by a change, by wildcards, too', async () => {
    await send('put', `${CAR}/features/lamp/properties/on`, true, { 'delete-metadata': 'by' }).expect(204);
    await send('patch', CAR, { attributes: { maker: 'B' } }, { 'delete-metadata': '*/by' }).expect(204);
    expect(await metadata()).toEqual({ features: { lamp: { properties: { color: { note: 'ä→🚗' } } } } });
    await send('patch', CAR, { attributes: {} }, { 'delete-metadata': '*' }).expect(204);
    expect(await metadata()).toBeUndefined();
  });

  it.each([
    [{ 'get-metadata': '*/*/k' }, 'header.invalid'],
    [{ 'get-metadata': 'a(' }, 'header.invalid'],
    [{ 'get-metadata': '*', 'delete-metadata': '*' }, 'things:metadata.headersconflict'],
    [{ 'get-metadata': '*', 'put-metadata': '[]' }, 'things:metadata.headersconflict'],
  ])('refuses a read with %j: %s', async (headers, code) => {
    expect((await send('get', CAR, undefined, headers).expect(400)).body).toMatchObject({ error: code });
  });

  it('shows those who may read parts only the metadata of these parts', async () => {
    const policy = {
      subjects: { 'nginx:other': { type: 'test' } },
      resources: { 'thing:/features/lamp/properties/on': { grant: ['READ'], revoke: [] } },
    };
    await send('put', '/api/2/policies/org.example:car/entries/other', policy).expect(201);
    expect(await metadata('other')).toEqual({ features: { lamp: { properties: { on: { by: 'me' } } } } });
    const read = await send('get', CAR, undefined, { 'get-metadata': '*' }, 'other').expect(200);
    expect(JSON.parse(String(read.headers['ditto-metadata']))).toEqual({
      features: { lamp: { properties: { on: { by: 'me' } } } },
    });
    const found = await send('get', '/api/2/search/things?filter=exists(_metadata/attributes/maker/by)');
    expect(found.body).toMatchObject({ items: [{ thingId: 'org.example:car' }] });
    const hidden = '/api/2/search/things?filter=exists(_metadata/attributes/maker/by)';
    expect((await send('get', hidden, undefined, {}, 'other').expect(200)).body).toEqual({
      items: [],
      nextPageOffset: -1,
    });
  });

  it('is found by search, and shown in its results', async () => {
    const filter = encodeURIComponent('eq(_metadata/attributes/maker/by,"me")');
    const found = await send('get', `/api/2/search/things?filter=${filter}&fields=_metadata/attributes`).expect(200);
    expect(found.body.items).toEqual([{ _metadata: { attributes: { maker: { by: 'me' } } } }]);
  });
});
