import type { Test } from 'supertest';
import { ALL, ask, openHttpApi, READ, subjects } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

// Named after the rows of the feature inventory, which the coverage page points at.

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, `/api/2${path}`, body, user);

const WRITE = { grant: ['WRITE'], revoke: [] };
const OWNER = { subjects: subjects('ditto'), resources: { 'policy:/': ALL, 'thing:/': ALL, 'message:/': ALL } };
const POLICY = '/policies/a:policy';
const THING = '/things/a:thing';

/** A policy with what the user `other` is granted and revoked, and a thing that has it. */
async function openThing(resources: object): Promise<void> {
  const entries = { owner: OWNER, other: { subjects: subjects('other'), resources } };
  await send('put', POLICY, { entries }).expect(201);
  const content = { attributes: { a: 1, b: { c: 2, d: 3 } }, features: { f: { properties: { p: 1 } } } };
  await send('put', THING, { policyId: 'a:policy', ...content }).expect(201);
}

async function refusal(test: Test): Promise<readonly [number, string]> {
  const { status, body } = await test;
  return [status, (body as { error: string }).error];
}

describe('Policy model', () => {
  it('has defaults filled in, unknown members left out, and hidden members when they are named', async () => {
    const created = await send('put', POLICY, { x: 1, entries: { owner: { ...OWNER, y: 2 }, none: {} } }).expect(201);
    expect(created.body).toEqual({
      policyId: 'a:policy',
      imports: {},
      entries: {
        owner: { ...OWNER, importable: 'implicit' },
        none: { subjects: {}, resources: {}, importable: 'implicit' },
      },
    });
    const hidden = await send('get', `${POLICY}?fields=_revision,_created,_modified,_namespace,policyId`).expect(200);
    expect(hidden.body).toEqual({
      policyId: 'a:policy',
      _revision: 1,
      _namespace: 'a',
      _created: expect.any(String),
      _modified: expect.any(String),
    });
  });

  it('is refused for what it is by itself before anybody’s rights are looked at', async () => {
    await openThing({ 'thing:/': READ });
    const refused = (path: string, body: unknown) => refusal(send('put', path, body, 'other'));
    expect(await refused(`${POLICY}/entries/other`, [])).toEqual([400, 'json.invalid']);
    expect(await refused('/policies/a:missing/entries/x', [])).toEqual([400, 'json.invalid']);
    expect(await refused('/policies/a:missing/entries/x', {})).toEqual([404, 'policies:policy.notfound']);
    expect(await refused(`${POLICY}/entries/imported`, {})).toEqual([400, 'policies:label.invalid']);
    expect(await refused(`${POLICY}/entries/other`, {})).toEqual([403, 'policies:entry.notmodifiable']);
    expect(await refused(POLICY, { policyId: 'b:other', entries: {} })).toEqual([400, 'policies:id.notsettable']);
    expect(await refused(POLICY, { entries: {} })).toEqual([403, 'policies:policy.notmodifiable']);
  });

  it.each<[Verb, string, string, string]>([
    ['put', '/entries', 'policies:policy.notmodifiable', 'policies:policy.notfound'],
    ['put', '/entries/other', 'policies:entry.notmodifiable', 'policies:entry.notfound'],
    ['delete', '/entries/other', 'policies:entry.notmodifiable', 'policies:entry.notfound'],
    ['put', '/entries/other/subjects', 'policies:subjects.notmodifiable', 'policies:subjects.notfound'],
    ['put', '/entries/other/subjects/nginx:other', 'policies:subject.notmodifiable', 'policies:subject.notfound'],
    ['put', '/entries/other/resources', 'policies:resources.notmodifiable', 'policies:resources.notfound'],
    ['put', '/entries/other/resources/thing:/', 'policies:resource.notmodifiable', 'policies:resource.notfound'],
    ['put', '/entries/other/namespaces', 'policies:entry.notmodifiable', 'policies:entry.notfound'],
    ['delete', '/imports', 'policies:imports.notmodifiable', 'policies:imports.notfound'],
    ['delete', '/imports/a:other', 'policies:import.notmodifiable', 'policies:import.notfound'],
  ])('refuses %s %s with 403 %s, and a read with 404 %s', async (verb, path, forbidden, missing) => {
    await openThing({ 'thing:/': READ });
    const bodies: Readonly<Record<string, unknown>> = {
      '/entries/other/namespaces': [],
      '/entries/other/subjects/nginx:other': { type: 'x' },
      '/entries/other/resources/thing:/': READ,
    };
    const body = verb === 'put' ? (bodies[path] ?? {}) : undefined;
    expect(await refusal(send(verb, POLICY + path, body, 'other'))).toEqual([403, forbidden]);
    expect(await refusal(send('get', POLICY + path, undefined, 'other'))).toEqual([404, missing]);
  });
});

describe('Resources', () => {
  it.each([
    'thing:/',
    'thing:/features/a/properties/b',
    'policy:/entries/x/resources/thing:/a',
    'message:/inbox/messages/x',
  ])('are addressed by %s', async (key) => {
    await send('put', POLICY, { entries: { owner: OWNER, x: {} } }).expect(201);
    await send('put', `${POLICY}/entries/x/resources/${key}`, READ).expect(201);
    const read = await send('get', `${POLICY}/entries/x/resources`).expect(200);
    expect(read.body).toEqual({ [key]: READ });
  });
});

describe('Permissions', () => {
  it('are inherited downwards, a revoke beats a grant at the same level, a deeper level overrides', async () => {
    await openThing({
      'thing:/': READ,
      'thing:/attributes': { grant: ['READ'], revoke: ['READ'] },
      'thing:/attributes/b/c': READ,
    });
    const view = await send('get', THING, undefined, 'other').expect(200);
    expect(view.body).toMatchObject({ attributes: { b: { c: 2 } }, features: { f: { properties: { p: 1 } } } });
    expect(view.body.attributes).toEqual({ b: { c: 2 } });
  });

  it('of all entries count together', async () => {
    await openThing({ 'thing:/': READ });
    const revoking = { subjects: subjects('other'), resources: { 'thing:/': { grant: [], revoke: ['READ'] } } };
    await send('put', `${POLICY}/entries/revoking`, revoking).expect(201);
    await send('get', THING, undefined, 'other').expect(404);
  });

  it('of writing do not mean those of reading', async () => {
    await openThing({ 'thing:/attributes': WRITE });
    await send('put', `${THING}/attributes/a`, 5, 'other').expect(204);
    expect(await refusal(send('get', `${THING}/attributes/a`, undefined, 'other'))).toEqual([
      404,
      'things:thing.notfound',
    ]);
  });
});

describe('Partial READ view', () => {
  it('shows the readable parts, and the id when anything is readable', async () => {
    await openThing({ 'thing:/features/f/properties/absent': READ });
    await send('get', THING, undefined, 'other').expect(200, { thingId: 'a:thing' });
    await send('put', `${POLICY}/entries/other/resources`, {}).expect(204);
    await send('get', THING, undefined, 'other').expect(404);
  });

  it('shows of a policy the readable parts', async () => {
    await openThing({ 'policy:/entries/other/subjects': READ });
    await send('get', POLICY, undefined, 'other').expect(200, {
      policyId: 'a:policy',
      entries: { other: { subjects: subjects('other') } },
    });
    await send('get', `${POLICY}/entries`, undefined, 'other').expect(200, { other: { subjects: subjects('other') } });
  });
});

describe('WRITE on root', () => {
  it('is needed without a revoke below to replace or delete', async () => {
    await openThing({ 'thing:/': ALL, 'thing:/attributes/b/c': { grant: [], revoke: ['WRITE'] } });
    const thing = { policyId: 'a:policy' };
    expect(await refusal(send('put', THING, thing, 'other'))).toEqual([403, 'things:thing.notmodifiable']);
    expect(await refusal(send('delete', THING, undefined, 'other'))).toEqual([403, 'things:thing.notdeletable']);
    expect((await refusal(send('put', `${THING}/attributes/b`, {}, 'other')))[0]).toBe(403);
    await send('put', `${THING}/attributes/b/d`, 4, 'other').expect(204);
    await send('patch', THING, { attributes: { a: 2 } }, 'other').expect(204);
    expect((await refusal(send('patch', THING, { attributes: { b: { c: 1 } } }, 'other')))[0]).toBe(403);
  });
});

describe('At least one admin', () => {
  it.each([
    ['no subject has WRITE on the policy', { a: { subjects: subjects('ditto'), resources: { 'policy:/': READ } } }],
    ['nobody is there', {}],
  ])('is missing when %s', async (_name, entries) => {
    await send('put', POLICY, { entries: { owner: OWNER } }).expect(201);
    expect(await refusal(send('put', POLICY, { entries }))).toEqual([403, 'policies:policy.modificationinvalid']);
  });

  it('may be one by a reference within the policy', async () => {
    const rights = { subjects: {}, resources: { 'policy:/': ALL } };
    const admin = { subjects: subjects('ditto'), references: [{ entry: 'rights' }] };
    await send('put', POLICY, { entries: { rights, admin } }).expect(201);
    expect(await refusal(send('put', `${POLICY}/entries/admin/references`, []))).toEqual([
      403,
      'policies:entry.modificationinvalid',
    ]);
  });
});

describe('importable', () => {
  it('is implicit unless it says otherwise, and has no entity tag', async () => {
    await send('put', POLICY, { entries: { owner: OWNER } }).expect(201);
    const path = `${POLICY}/entries/owner/importable`;
    const read = await send('get', path).expect(200, '"implicit"');
    expect(read.headers['etag']).toBeUndefined();
    for (const value of ['explicit', 'never', 'implicit']) await send('put', path, value).expect(204);
    expect(await refusal(send('put', path, 'sometimes'))).toEqual([400, 'policies:entry.invalid']);
  });
});

describe('Policy size', () => {
  it('is 102,400 bytes at most, of the policy that would come out', async () => {
    const bytes = (policy: unknown) => Buffer.byteLength(JSON.stringify(policy));
    const created = await send('put', POLICY, { entries: { owner: OWNER } }).expect(201);
    const subject = { 'x:y': { type: '' } };
    const frame =
      bytes(created.body) + bytes({ big: { subjects: subject, resources: {}, importable: 'implicit' } }) - 1;
    const entry = (size: number) => ({ subjects: { 'x:y': { type: 'é'.repeat(1) + 'x'.repeat(size - frame - 2) } } });
    expect(await refusal(send('put', `${POLICY}/entries/big`, entry(102_401)))).toEqual([
      413,
      'policies:policy.toolarge',
    ]);
    await send('put', `${POLICY}/entries/big`, entry(102_400)).expect(201);
    const whole = await send('get', POLICY).expect(200);
    expect(bytes(whole.body)).toBe(102_400);
  });
});

describe('Policy delete with things left', () => {
  it('hides the things until the policy is there again', async () => {
    await openThing({});
    await send('delete', POLICY).expect(204);
    expect(await refusal(send('get', THING))).toEqual([404, 'things:thing.notfound']);
    expect(await refusal(send('put', `${THING}/attributes/a`, 1))).toEqual([403, 'things:thing.notmodifiable']);
    const again = await send('put', POLICY, { entries: { owner: OWNER } }).expect(201);
    expect(again.headers).toMatchObject({ 'entity-revision': '3', etag: '"rev:3"' });
    await send('get', THING).expect(200);
  });
});

describe('Subject id forms', () => {
  it('are issuer:subject, and {{ request:subjectId }} for whoever sends it', async () => {
    await send('put', POLICY, { entries: { owner: OWNER, x: {} } }).expect(201);
    const path = `${POLICY}/entries/x/subjects`;
    await send('put', path, { '{{ request:subjectId }}': { type: 't' }, 'oidc:https://a/b': { type: 't' } }).expect(
      204,
    );
    const read = await send('get', path).expect(200);
    expect(Object.keys(read.body as object)).toEqual(['nginx:ditto', 'oidc:https://a/b']);
    await send('get', `${path}/${encodeURIComponent('oidc:https://a/b')}`).expect(200);
    expect(await refusal(send('put', path, { nocolon: { type: 't' } }))).toEqual([400, 'policies:subjectid.invalid']);
  });
});
