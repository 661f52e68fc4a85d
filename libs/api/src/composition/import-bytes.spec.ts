import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import { eventually } from '@gemel/testkit/waiting';

const RIGHTS = { grant: ['READ', 'WRITE'], revoke: [] };
const BOM = '\ufeff';
const LINES = 'application/x-ndjson';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
  const resources = { 'thing:/': RIGHTS, 'policy:/': RIGHTS };
  const entries = { o: { subjects: { 'nginx:ditto': { type: 't' } }, resources } };
  await call(api, 'PUT', '/api/2/policies/x:p', { entries });
});
afterEach(() => api.close());

const twin = (name: string) => ({
  kind: 'twin',
  thing: { thingId: `x:${name}`, policyId: 'x:p', attributes: { name } },
});
/** Each character is a byte. */
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const bad = JSON.stringify(twin('b')).replace('"name":"b"', '"name":"\u00ff"');
const WITH_BAD = bytes([JSON.stringify(twin('a')), bad, JSON.stringify(twin('c'))].join('\n'));

async function send(path: string, body: Uint8Array | string, type = LINES) {
  const authorization = `Basic ${Buffer.from('ditto:ditto').toString('base64')}`;
  const headers = { authorization, 'content-type': type };
  const response = await fetch(`${api.url}/api/2/${path}`, { method: 'POST', headers, body: Buffer.from(body) });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}

async function names(): Promise<readonly unknown[]> {
  const { body } = await call(api, 'GET', '/api/2/search/things?fields=attributes&option=sort(+thingId)');
  return (body as unknown as { items: { attributes: { name: string } }[] }).items.map(
    ({ attributes }) => attributes.name,
  );
}

async function jobOf(body: Uint8Array | string, type?: string) {
  const started = await send('import?job=true', body, type);
  expect(started.status).toBe(202);
  const id = String(started.body['jobId']);
  const job = await eventually(
    async () => (await call(api, 'GET', `/api/2/jobs/${id}`)).body as { readonly state: string },
    ({ state }) => state === 'done',
  );
  return { id, job };
}

describe('a line that is no UTF-8', () => {
  it('is all that a job refuses, by its number', async () => {
    const { id, job } = await jobOf(WITH_BAD);
    expect(job).toMatchObject({ lines: 3, created: 2, failed: 1 });
    expect(await names()).toEqual(['a', 'c']);
    const { text } = await call(api, 'GET', `/api/2/jobs/${id}/errors`);
    expect(JSON.parse(text)).toMatchObject({
      line: 2,
      error: 'gemel:composition.import.invalid',
      message: expect.stringContaining('it is not UTF-8'),
    });
  });

  it('is named by an import in one commit, which it stops', async () => {
    expect(await send('import', WITH_BAD)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('line 2: it is not UTF-8') },
    });
    expect(await names()).toEqual([]);
  });
});

describe('a byte order mark', () => {
  const line = `${BOM}${JSON.stringify(twin('a'))}\n${BOM}${JSON.stringify(twin('b'))}\n`;
  const json = `${BOM}${JSON.stringify({ items: [twin('a'), twin('b')] })}`;

  it.each([
    ['lines', line, LINES],
    ['JSON', json, 'application/json'],
  ])('is left out of %s, in one commit and in a job', async (_name, body, type) => {
    expect((await send('import', body, type)).status).toBe(200);
    expect(await names()).toEqual(['a', 'b']);
    expect((await jobOf(body, type)).job).toMatchObject({ created: 0, failed: 2 });
  });
});
