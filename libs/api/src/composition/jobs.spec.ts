import { Agent, request } from 'node:http';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { Answer, CallOptions, OpenHttpApi } from '@gemel/testkit/http-api';
import { eventually } from '@gemel/testkit/waiting';

interface Job {
  readonly jobId: string;
  readonly state: string;
  readonly nextLine?: number;
  readonly [member: string]: unknown;
}

const RIGHTS = {
  'thing:/': { grant: ['READ', 'WRITE'], revoke: [] },
  'policy:/': { grant: ['READ', 'WRITE'], revoke: [] },
};
const POLICY = { policyId: 'x:p', entries: { o: { subjects: { 'nginx:ditto': { type: 't' } }, resources: RIGHTS } } };
const AUTHORIZATION = `Basic ${Buffer.from('ditto:ditto').toString('base64')}`;
const policyLine = { kind: 'policy', policy: POLICY };
const twin = (id: string, attributes: object = {}) => ({
  kind: 'twin',
  thing: { thingId: id, policyId: 'x:p', attributes },
});
const type = (id: string, attributes: object = {}) => ({
  kind: 'type',
  thing: { thingId: id, policyId: 'x:p', attributes: { _isType: true, ...attributes } },
});
const lines = (items: readonly (object | string)[]) =>
  items.map((item) => `${typeof item === 'string' ? item : JSON.stringify(item)}\n`).join('');

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});

afterEach(() => api.close());

const get = (path: string, options?: CallOptions): Promise<Answer> =>
  call(api, 'GET', `/api/2/${path}`, undefined, options);
const jobIn = ({ body }: Answer) => body as unknown as Job;

async function upload(path: string, body: string | ReadableStream): Promise<Answer> {
  const response = await fetch(`${api.url}/api/2/${path}`, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION, 'content-type': 'application/x-ndjson' },
    body,
    ...(typeof body === 'string' ? {} : { duplex: 'half' }),
  });
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), text, body: JSON.parse(text) };
}

function jobWhen(id: string, accept: (job: Job) => boolean): Promise<Job> {
  return eventually(async () => jobIn(await get(`jobs/${id}`)), accept);
}

const ended = (id: string) => jobWhen(id, ({ state }) => ['done', 'cancelled', 'failed'].includes(state));

async function run(items: readonly (object | string)[], query = ''): Promise<Job> {
  const started = await upload(`import?job=true${query}`, lines(items));
  expect(started).toMatchObject({ status: 202, body: { kind: 'import', lines: items.length } });
  return ended(jobIn(started).jobId);
}

const errorsOf = async ({ jobId }: Job) => {
  const { status, headers, text } = await get(`jobs/${jobId}/errors`);
  expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { line: number; error: string; thingId?: string });
};
const ids = async () => {
  const { body } = await get('search/things?fields=thingId&option=size(200)');
  return (body as unknown as { items: { thingId: string }[] }).items.map(({ thingId }) => thingId);
};

describe('an import job', () => {
  it('does policies and types first, and children after their parents, in whatever order they come', async () => {
    const job = await run([
      twin('x:car:wheel', { _parents: 'x:car', type: 'x:wheel' }),
      twin('x:car', { type: 'x:cars' }),
      type('x:wheel', { _parents: { 'x:cars': 4 } }),
      '',
      type('x:cars'),
      policyLine,
    ]);
    expect(job).toMatchObject({ state: 'done', created: 5, changed: 0, failed: 0, errors: 0, progress: 1, lines: 6 });
    expect(await ids()).toEqual(['x:car', 'x:car:wheel', 'x:cars', 'x:wheel']);
    expect(await errorsOf(job)).toEqual([]);
  });

  it('finds parents in other portions, and refuses a line whose parent is nowhere', async () => {
    const chain = Array.from({ length: 1_200 }, (_, index) =>
      twin(`x:t${index}`, index === 1_199 ? {} : { _parents: index === 3 ? 'x:nowhere' : 'x:t1199' }),
    );
    const job = await run([policyLine, ...chain]);
    expect(job).toMatchObject({ state: 'done', created: 1_200, failed: 1 });
    expect(await errorsOf(job)).toMatchObject([
      { line: 5, thingId: 'x:t3', status: 404, error: 'gemel:composition.parent.notfound' },
    ]);
  });

  it('decides line by line, and says of each why it was refused', async () => {
    const job = await run([
      policyLine,
      '{"kind":"twin"',
      '[]',
      { kind: 'car' },
      { kind: 'twin', thing: { thingId: 'x:type', attributes: { _isType: true } } },
      twin('x:good'),
      { kind: 'twin', thing: { thingId: 'x:other', policyId: 'x:nobody' } },
      twin('x:good'),
      twin('x:itself', { _parents: 'x:itself' }),
      { kind: 'twin', thing: { thingId: 'x:large', policyId: 'x:p', attributes: { a: 'a'.repeat(110_000) } } },
      { kind: 'version', version: { typeId: 'x:none', version: '1.0.0' } },
    ]);
    expect(job).toMatchObject({ state: 'done', created: 2, failed: 9, errors: 9 });
    const errors = await errorsOf(job);
    expect(errors.map(({ line, error }) => [line, error])).toEqual([
      [2, 'gemel:composition.import.invalid'],
      [3, 'gemel:composition.import.invalid'],
      [4, 'gemel:composition.import.invalid'],
      [5, 'gemel:composition.import.invalid'],
      [7, 'things:thing.notcreatable'],
      [8, 'things:thing.conflict'],
      [9, 'gemel:composition.cycle'],
      [10, 'things:thing.toolarge'],
      [11, 'things:thing.notfound'],
    ]);
  });

  it('refuses of several lines about one thing that which is wrong', async () => {
    const other = { kind: 'twin', thing: { thingId: 'x:a', policyId: 'x:none', attributes: { n: 1 } } };
    const job = await run([policyLine, other, twin('x:a', { n: 2 })]);
    expect(job).toMatchObject({ state: 'done', created: 2, failed: 1 });
    expect(await errorsOf(job)).toMatchObject([{ line: 2, thingId: 'x:a' }]);
    expect((await get('things/x:a/attributes/n')).body).toBe(2);
  });

  it('refuses, merges or replaces what is there, as it is told', async () => {
    await run([policyLine, twin('x:a', { one: 1 })]);
    const again = await run([policyLine, twin('x:a', { two: 2 }), twin('x:b')]);
    expect(again).toMatchObject({ created: 1, changed: 0, unchanged: 1, failed: 1 });
    const merged = await run(
      [twin('x:a', { two: 2 }), twin('x:c', { one: 1 }), twin('x:c', { two: 2 })],
      '&mode=merge',
    );
    expect(merged).toMatchObject({ created: 1, changed: 2, failed: 0 });
    expect((await get('things/x:a/attributes')).body).toEqual({ one: 1, two: 2 });
    expect((await get('things/x:c/attributes')).body).toEqual({ one: 1, two: 2 });
    expect(await run([twin('x:a', { three: 3 })], '&mode=replace')).toMatchObject({ created: 0, changed: 1 });
    expect((await get('things/x:a/attributes')).body).toEqual({ three: 3 });
  });

  it('says in a dry run what would come of it, and changes nothing', async () => {
    const items = [policyLine, twin('x:a:b', { _parents: 'x:a' }), twin('x:a'), twin('x:c', { _parents: 'x:none' })];
    const job = await run(items, '&dryRun=true');
    expect(job).toMatchObject({ state: 'done', dryRun: true, created: 3, failed: 1 });
    expect(await errorsOf(job)).toMatchObject([{ line: 4, error: 'gemel:composition.parent.notfound' }]);
    expect(await ids()).toEqual([]);
    expect((await get('policies/x:p')).status).toBe(404);
    expect(await run(items)).toMatchObject({ created: 3, failed: 1 });
  });

  it('counts what is like that already as unchanged, and writes nothing', async () => {
    const items = [twin('x:a', { n: 1 }), twin('x:b', { n: 1 })];
    await run([policyLine, ...items]);
    const before = await get('things/x:a?fields=_revision');
    for (const mode of ['merge', 'replace'])
      expect(await run([twin('x:a', { n: 1 }), twin('x:b', { n: mode })], `&mode=${mode}`)).toMatchObject({
        ...{ created: 0, changed: 1, unchanged: 1, failed: 0 },
      });
    expect(await run([twin('x:a', { n: 2 }), twin('x:a', { n: 1 })], '&mode=merge&dryRun=true')).toMatchObject({
      ...{ changed: 2, unchanged: 0 },
    });
    expect(await get('things/x:a?fields=_revision')).toMatchObject({ body: before.body });
  });

  it('does not turn a thing into the other kind while it has children', async () => {
    await run([policyLine, twin('x:a'), twin('x:b', { _parents: 'x:a' })]);
    const job = await run([type('x:a')], '&mode=replace');
    expect(job).toMatchObject({ changed: 0, failed: 1 });
    expect(await errorsOf(job)).toMatchObject([{ line: 1, error: 'gemel:composition.children' }]);
  });

  it('takes JSON, too', async () => {
    const started = await call(api, 'POST', '/api/2/import?job=true', { items: [policyLine, twin('x:a')] });
    expect(started).toMatchObject({ status: 202 });
    expect(await ended(jobIn(started).jobId)).toMatchObject({ state: 'done', created: 2 });
  });
});

describe('an upload', () => {
  it('may come in several requests, each from the next line on', async () => {
    const started = await upload('import?job=true&more=true', lines([policyLine]));
    expect(started).toMatchObject({ status: 202, body: { state: 'receiving', lines: 1, nextLine: 2 } });
    const { jobId } = jobIn(started);
    expect(started.headers['location']).toBe(`${api.url}/api/2/jobs/${jobId}`);
    expect(await upload(`jobs/${jobId}/lines?from=1`, '')).toMatchObject({
      status: 409,
      body: { error: 'gemel:job.line.unexpected' },
    });
    for (const from of ['', '0', 'x', '-1', '1e3'])
      expect(await upload(`jobs/${jobId}/lines?from=${from}`, '')).toMatchObject({ status: 400 });
    expect(await upload(`jobs/${jobId}/lines?from=2&more=true`, lines([twin('x:a')]))).toMatchObject({
      body: { state: 'receiving', nextLine: 3 },
    });
    expect(await upload(`jobs/${jobId}/lines?from=3`, JSON.stringify(twin('x:b')))).toMatchObject({ status: 202 });
    expect(await ended(jobId)).toMatchObject({ state: 'done', created: 3, lines: 3 });
    expect(await upload(`jobs/${jobId}/lines?from=4`, '')).toMatchObject({
      status: 409,
      body: { error: 'gemel:job.state' },
    });
  });

  it('keeps whole lines when the connection breaks', async () => {
    const { jobId } = jobIn(await upload('import?job=true&more=true', ''));
    const broken = new AbortController();
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode(`${lines([policyLine, twin('x:a')])}{"kind":"twin","thi`));
        await jobWhen(jobId, ({ state }) => state === 'receiving');
        broken.abort();
      },
    });
    const sent = fetch(`${api.url}/api/2/jobs/${jobId}/lines?from=1`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/x-ndjson' },
      body,
      duplex: 'half',
      signal: broken.signal,
    });
    await expect(sent).rejects.toThrow();
    await jobWhen(jobId, ({ nextLine }) => nextLine === 3);
    await upload(`jobs/${jobId}/lines?from=3`, lines([twin('x:b')]));
    expect(await ended(jobId)).toMatchObject({ state: 'done', created: 3, failed: 0, lines: 3 });
  });

  it('is refused for lines that are too long; lines before are kept', async () => {
    const long = await upload('import?job=true', `${'a'.repeat(1_100_000)}\n`);
    expect(long).toMatchObject({ status: 413, body: { error: 'gemel:job.toolarge' } });
    expect((await get(new URL(long.headers['location'] ?? '').pathname.slice('/api/2/'.length))).status).toBe(200);
    expect(await upload('import?job=maybe', '')).toMatchObject({ status: 400 });
    expect(await upload('import?job=true&mode=delete', '')).toMatchObject({ status: 400 });
  });
});

describe('an upload that is refused', () => {
  /** One request after the other on one connection. */
  async function onOne(
    agent: Agent,
    method: string,
    path: string,
    body = '',
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: AUTHORIZATION, 'content-type': 'application/x-ndjson' };
      const sent = request(`${api.url}/api/2/${path}`, { method, agent, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end(body, 'latin1');
    });
  }

  it('keeps the lines before one that is too long, and the connection for what comes next', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { jobId } = jobIn(await upload('import?job=true&more=true', ''));
    const body = `${lines([policyLine, twin('x:a')])}${'a'.repeat(1_000_001)}\n`;
    expect(await onOne(agent, 'POST', `jobs/${jobId}/lines?from=1`, body)).toMatchObject({ status: 413 });
    const { text } = await onOne(agent, 'GET', `jobs/${jobId}`);
    expect(JSON.parse(text)).toMatchObject({ state: 'receiving', nextLine: 3 });
    expect(await onOne(agent, 'POST', 'import', lines([twin('x:a', { a: 'a'.repeat(2_000_000) })]))).toMatchObject({
      status: 413,
    });
    expect(await onOne(agent, 'GET', 'jobs')).toMatchObject({ status: 200 });
    agent.destroy();
  });
});

describe('jobs', () => {
  it('are listed for their owner, the newest first, page by page', async () => {
    const made = [await upload('import?job=true&more=true', ''), await upload('import?job=true&more=true', '')];
    const [second, first] = made.map(jobIn).toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1));
    if (first === undefined || second === undefined) throw new Error('there are two');
    expect(String(second['createdAt']) >= String(first['createdAt'])).toBe(true);
    const page = await get('jobs?size=1');
    expect(page).toMatchObject({ status: 200, body: { items: [{ jobId: second.jobId }], cursor: second.jobId } });
    expect(await get(`jobs?cursor=${second.jobId}`)).toMatchObject({ body: { items: [{ jobId: first.jobId }] } });
    expect(await get('jobs', { user: 'other' })).toMatchObject({ body: { items: [] } });
    expect(await get('jobs?size=many')).toMatchObject({ status: 400 });
    for (const path of [first.jobId, `${first.jobId}/errors`])
      expect(await get(`jobs/${path}`, { user: 'other' })).toMatchObject({
        status: 404,
        body: { error: 'gemel:job.notfound' },
      });
    expect(await get('jobs/__proto__')).toMatchObject({ status: 404 });
  });

  it('are cancelled, and forgotten when they have ended', async () => {
    const { jobId } = jobIn(await upload('import?job=true&more=true', lines([policyLine])));
    const path = `/api/2/jobs/${jobId}`;
    expect(await call(api, 'DELETE', path)).toMatchObject({ status: 409, body: { error: 'gemel:job.state' } });
    expect(await call(api, 'POST', `${path}/cancel`, undefined, { user: 'other' })).toMatchObject({ status: 404 });
    expect(await call(api, 'POST', `${path}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await call(api, 'POST', `${path}/cancel`)).toMatchObject({ status: 409 });
    expect(await call(api, 'DELETE', path)).toMatchObject({ status: 204 });
    expect((await get(`jobs/${jobId}`)).status).toBe(404);
  });
});

describe('an export as lines', () => {
  it('has any number of twins, and their policies when asked, and comes back as it was', async () => {
    const twins = Array.from({ length: 450 }, (_, index) =>
      twin(`x:t${String(index).padStart(3, '0')}`, index === 0 ? { n: 0 } : { n: index, _parents: 'x:t000' }),
    );
    await run([policyLine, type('x:kind'), ...twins]);
    const { text } = await get('export?format=ndjson&policies=true');
    const items = text.trimEnd().split('\n');
    expect(items.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'policy',
      'type',
      ...twins.map(({ kind }) => kind),
    ]);
    const other = await openHttpApi();
    const before = api;
    api = other;
    try {
      expect(await run(items.toReversed())).toMatchObject({ created: 452, failed: 0 });
      expect((await get('export?format=ndjson&policies=true')).text).toBe(text);
    } finally {
      await before.close();
    }
  });

  it('has policies in JSON, too, which are refused outside of a job', async () => {
    await run([policyLine, twin('x:a')]);
    const { body } = await get('export?policies=true');
    expect(body).toMatchObject({ items: [{ kind: 'policy' }, { kind: 'twin' }] });
    expect(await call(api, 'POST', '/api/2/import?mode=merge', body)).toMatchObject({
      status: 400,
      body: { error: 'gemel:composition.import.policies' },
    });
  });

  it('is refused before it begins', async () => {
    expect((await get('export?format=ndjson&root=x:none')).status).toBe(404);
    expect((await get('export?format=ndjson&policies=1')).status).toBe(400);
  });
});
