import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, OpenHttpApi } from '@gemel/testkit/http-api';

const RIGHTS = { grant: ['READ', 'WRITE'], revoke: [] };
const POLICY = {
  entries: { o: { subjects: { 'nginx:ditto': { type: 't' } }, resources: { 'thing:/': RIGHTS, 'policy:/': RIGHTS } } },
};

let api: OpenHttpApi;

const send = (
  method: Parameters<typeof call>[1],
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => call(api, method, `/api/2/${path}`, body, { headers });
const stale = { 'if-match': '"rev:9"' };
const current = { 'if-match': '"rev:1"' };
const FAILED = { status: 412, body: { error: 'things:precondition.failed' } };

beforeEach(async () => {
  api = await openHttpApi();
  await send('PUT', 'policies/x:p', POLICY);
  for (const [id, _isType] of [
    ['x:twin', false],
    ['x:hall', false],
    ['x:car', true],
    ['x:wheel', true],
  ])
    expect((await send('PUT', `things/${String(id)}`, { policyId: 'x:p', attributes: { _isType } })).status).toBe(201);
});

afterEach(() => api.close());

describe('entity tags on the composition', () => {
  it('spare a read', async () => {
    const { headers } = await send('GET', 'twins/x:twin');
    expect(headers['etag']).toBe('"rev:1"');
    expect(await send('GET', 'twins/x:twin', undefined, { 'if-none-match': '"rev:1"' })).toMatchObject({
      status: 304,
      text: '',
    });
    expect((await send('GET', 'types/x:car', undefined, { 'if-none-match': '"rev:9"' })).status).toBe(200);
    expect(await send('GET', 'types/x:car', undefined, stale)).toMatchObject(FAILED);
    expect(await send('GET', 'types/x:car', undefined, { 'if-match': 'rev:1' })).toMatchObject({ status: 400 });
  });

  it('hold a move and a deletion, planned or not', async () => {
    const move = ['POST', 'twins/x:twin/move', { parent: 'x:hall' }] as const;
    expect(await send(...move, stale)).toMatchObject(FAILED);
    expect(await send('POST', 'twins/x:twin/move?dryRun=true', { parent: 'x:hall' }, stale)).toMatchObject(FAILED);
    expect((await send('GET', 'twins/x:twin')).headers['etag']).toBe('"rev:1"');
    expect(await send(...move, current)).toMatchObject({ status: 200 });
    expect(await send(...move, current)).toMatchObject(FAILED);
    expect(await send('DELETE', 'twins/x:twin', undefined, current)).toMatchObject(FAILED);
    expect(await send('DELETE', 'twins/x:twin?tree=true', undefined, { 'if-none-match': '*' })).toMatchObject(FAILED);
    expect(await send('DELETE', 'twins/x:twin', undefined, { 'if-match': '"rev:2"' })).toMatchObject({ status: 200 });
  });

  it('hold links to the child that has them', async () => {
    const link = 'types/x:car/children/x:wheel';
    expect(await send('PUT', link, { count: 2 }, stale)).toMatchObject(FAILED);
    expect(await send('PUT', link, { count: 2 }, current)).toMatchObject({ status: 200 });
    expect((await send('GET', link)).headers['etag']).toBe('"rev:2"');
    expect(await send('PATCH', link, { count: 3 }, current)).toMatchObject(FAILED);
    expect(await send('DELETE', link, undefined, current)).toMatchObject(FAILED);
    expect(await send('DELETE', link, undefined, { 'if-match': '"rev:2"' })).toMatchObject({ status: 200 });
  });
});
