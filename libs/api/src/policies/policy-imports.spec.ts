import { ALL, ask, openHttpApi, READ, subjects } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, `/api/2${path}`, body, user);

const NOTHING = { subjects: {}, resources: {} };
const OWNER = { subjects: subjects('ditto'), resources: { 'policy:/': ALL, 'thing:/': ALL, 'message:/': ALL } };
const TEMPLATE = '/policies/org.example:template';
const POLICY = '/policies/org.example:policy';
const reader = { subjects: subjects('other'), resources: { 'thing:/attributes': READ } };

/** A template with an entry of each kind, which the user `ditto` may read. */
async function openTemplate(): Promise<void> {
  await send('put', TEMPLATE, {
    entries: {
      owner: { ...OWNER, importable: 'never' },
      implicit: reader,
      explicit: { subjects: subjects('other'), resources: { 'thing:/features': READ }, importable: 'explicit' },
    },
  }).expect(201);
}

const importing = (value: unknown, entries: object = {}) => ({
  imports: { 'org.example:template': value },
  entries: { owner: OWNER, ...entries },
});
const referencing = (...references: unknown[]) => ({ ...NOTHING, references });
const toTemplate = (entry: string) => ({ import: 'org.example:template', entry });

async function openImporting(value: unknown = {}, entries: object = {}): Promise<void> {
  await openTemplate();
  await send('put', POLICY, importing(value, entries)).expect(201);
}

describe('Imports', () => {
  it('give what the imported policy has, and what it comes to have, from the next request on', async () => {
    await openImporting();
    const thing = { policyId: 'org.example:policy', attributes: { a: 1 }, features: { f: { properties: { p: 1 } } } };
    await send('put', '/things/a:b', thing).expect(201);
    const seen = async () => (await send('get', '/things/a:b', undefined, 'other')).body as Record<string, unknown>;
    expect(await seen()).toEqual({ thingId: 'a:b', attributes: { a: 1 } });

    await send('put', `${TEMPLATE}/entries/implicit/resources/thing:%2Ffeatures`, READ).expect(201);
    expect(await seen()).toEqual({ thingId: 'a:b', attributes: { a: 1 }, features: thing.features });
    const found = await send('get', '/search/things?filter=exists(features/f)', undefined, 'other').expect(200);
    expect(found.body.items).toEqual([await seen()]);

    await send('delete', TEMPLATE).expect(204);
    expect(await seen()).toMatchObject({ error: 'things:thing.notfound' });
  });

  it('give explicit entries only when they are listed, and those importable never at no time', async () => {
    await openImporting({ entries: ['explicit', 'owner'] });
    const view = await send('get', `${POLICY}?policy-view=resolved`).expect(200);
    expect(Object.keys(view.body.entries as object).sort()).toEqual([
      'imported-org.example:template-explicit',
      'imported-org.example:template-implicit',
      'owner',
    ]);
    await send('put', `${POLICY}/imports/org.example:template/entries`, []).expect(204);
    const narrower = await send('get', `${POLICY}?policy-view=resolved`).expect(200);
    expect(Object.keys(narrower.body.entries as object)).not.toContain('imported-org.example:template-explicit');
  });

  it('are read, replaced and deleted', async () => {
    await openImporting();
    const imports = `${POLICY}/imports`;
    const read = await send('get', imports).expect(200, { 'org.example:template': {} });
    expect(read.headers['etag']).toMatch(/^"hash:/);
    const one = `${imports}/org.example:template`;
    await send('get', one).expect(200, {});
    await send('put', one, { entries: ['explicit'] }).expect(204);
    await send('get', `${one}/entries`).expect(200, ['explicit']);
    await send('get', `${one}/transitiveImports`).expect(200, []);
    await send('put', `${one}/transitiveImports`, ['a:b']).expect(204);
    await send('get', one).expect(200, { entries: ['explicit'], transitiveImports: ['a:b'] });
    await send('delete', one).expect(204);
    const gone = await send('delete', one).expect(404);
    expect(gone.body.error).toBe('policies:import.notfound');
    const created = await send('put', one, {}).expect(201);
    expect(created.headers).toMatchObject({ location: `${api.url}/api/2${one}`, 'entity-revision': '5' });
    await send('delete', imports).expect(204);
    await send('delete', imports).expect(204);
    await send('get', imports).expect(200, {});
    await send('put', imports, { 'org.example:template': {} }).expect(204);
  });

  it.each<[Verb, string, unknown, number, string]>([
    ['put', '/imports/org.example:policy', {}, 400, 'policies:import.invalid'],
    ['put', '/imports', { 'org.example:policy': {} }, 400, 'policies:import.invalid'],
    [
      'put',
      '/imports/org.example:template',
      { transitiveImports: ['org.example:policy'] },
      400,
      'policies:import.invalid',
    ],
    ['put', '/imports/org.example:template/transitiveImports', ['org.example:policy'], 400, 'policies:import.invalid'],
    ['put', '/imports/org.example:template/transitiveImports', [1], 400, 'policies:import.invalid'],
    ['put', '/imports/org.example:template/transitiveImports', ['nocolon'], 400, 'policies:id.invalid'],
    ['put', '/imports/org.example:template/transitiveImports', {}, 400, 'json.invalid'],
    ['put', '/imports/org.example:template/entries', 'x', 400, 'json.invalid'],
    ['put', '/imports/org.example:template/entries', ['imported-x'], 400, 'policies:label.invalid'],
    ['put', '/imports/org.example:template', [], 400, 'json.invalid'],
    ['put', '/imports/nocolon', {}, 400, 'policies:id.invalid'],
    ['put', '/imports', [], 400, 'json.invalid'],
    ['put', '/imports/a:missing', {}, 404, 'policies:policy.notfound'],
    ['get', '/imports/a:missing', undefined, 404, 'policies:import.notfound'],
    ['get', '/imports/a:missing/entries', undefined, 404, 'policies:import.notfound'],
    ['put', '/imports/a:missing/entries', [], 404, 'policies:import.notfound'],
    ['put', '/imports/a:missing/transitiveImports', [], 404, 'policies:import.notfound'],
    ['delete', '/imports/a:missing', undefined, 404, 'policies:import.notfound'],
    ['delete', '/imports/a:missing/entries', undefined, 405, 'gateway:method.notallowed'],
  ])('are refused: %s %s %j with %i %s', async (verb, path, body, status, code) => {
    await openImporting();
    const response = await send(verb, POLICY + path, body).expect(status);
    expect(response.body.error).toBe(code);
  });

  it('are ten at most', async () => {
    await openImporting();
    const ids = Array.from({ length: 10 }, (_, index) => `org.example:t${String(index)}`);
    for (const id of ids) await send('put', `/policies/${id}`, { entries: { owner: OWNER } }).expect(201);
    const ten = Object.fromEntries(ids.map((id) => [id, {}]));
    await send('put', `${POLICY}/imports`, ten).expect(204);
    const eleventh = await send('put', `${POLICY}/imports/org.example:template`, {}).expect(400);
    expect(eleventh.body.error).toBe('policies:imports.toolarge');
    await send('put', `${POLICY}/imports`, { ...ten, 'org.example:template': {} }).expect(400);
  });

  it('need READ on the imported entries, asked before the right to write', async () => {
    await openTemplate();
    await send(
      'put',
      '/policies/a:guest',
      { entries: { owner: { ...OWNER, subjects: subjects('other') } } },
      'other',
    ).expect(201);
    const refused = await send('put', '/policies/a:guest/imports/org.example:template', {}, 'other').expect(404);
    expect(refused.body.error).toBe('policies:policy.notfound');
    await send('put', `${TEMPLATE}/entries/implicit/resources/policy:%2Fentries%2Fimplicit`, READ).expect(201);
    await send('put', '/policies/a:guest/imports/org.example:template', {}, 'other').expect(201);
    const more = await send('put', '/policies/a:guest/imports/org.example:template/entries', ['explicit'], 'other');
    expect(more.body).toMatchObject({ status: 404, error: 'policies:policy.notfound' });
    const stranger = await send('put', `${POLICY}/imports/org.example:template`, {}, 'other').expect(404);
    expect(stranger.body.error).toBe('policies:policy.notfound');
  });

  it('make the check for an administrator needless', async () => {
    await openTemplate();
    const guestOnly = { imports: { 'org.example:template': {} }, entries: { guest: reader } };
    await send('put', `${POLICY}?allow-policy-lockout=true`, guestOnly).expect(201);
    const notOwned = await send('put', '/policies/a:c', guestOnly).expect(403);
    expect(notOwned.body.error).toBe('policies:policy.notcreatable');
    const nobody = await send('put', '/policies/a:c?allow-policy-lockout=true', { entries: { guest: reader } });
    expect(nobody.body).toMatchObject({ status: 403, error: 'policies:policy.modificationinvalid' });
  });
});

describe('a policy that comes with a thing', () => {
  const inline = { policyId: 'a:own', ...importing({ entries: ['explicit'] }) };

  it('takes over what it imports', async () => {
    await openTemplate();
    await send('put', '/things/a:b', { attributes: { a: 1 }, _policy: inline }).expect(201);
    await send('get', '/things/a:b/attributes', undefined, 'other').expect(200, { a: 1 });
    await send('put', '/things/a:c', { attributes: { a: 1 }, _copyPolicyFrom: 'a:own' }).expect(201);
    await send('get', '/things/a:c/attributes', undefined, 'other').expect(200, { a: 1 });
  });

  it('needs READ on what it imports, and nothing is made without', async () => {
    await openTemplate();
    const foreign = { ...inline, entries: { owner: { ...OWNER, subjects: subjects('other') } } };
    const refused = await send('put', '/things/a:b', { _policy: foreign }, 'other').expect(404);
    expect(refused.body.error).toBe('policies:policy.notfound');
    await send('get', '/policies/a:own').expect(404);
    await send('get', '/things/a:b').expect(404);
  });
});

describe('references', () => {
  it('give an entry what it references, of an import and of its own policy', async () => {
    const fromImport = { subjects: subjects('other'), resources: {}, references: [toTemplate('explicit')] };
    await openImporting({ entries: ['explicit'] }, { fromImport, local: referencing({ entry: 'fromImport' }) });
    const view = await send('get', `${POLICY}?policy-view=resolved`).expect(200);
    expect(view.body.entries.fromImport).toEqual({
      subjects: subjects('other'),
      resources: { 'thing:/features': READ },
      importable: 'implicit',
      references: [toTemplate('explicit')],
    });
    // References do not chain: the local one sees what the other entry has itself.
    expect(view.body.entries.local).toMatchObject({ subjects: subjects('other'), resources: {} });
  });

  it('are read, created, replaced and deleted', async () => {
    await openImporting({}, { plain: NOTHING });
    const references = `${POLICY}/entries/plain/references`;
    const none = await send('get', references).expect(200, []);
    expect(none.headers['etag']).toBeUndefined();
    await send('put', references, []).expect(204);
    const created = await send('put', references, [{ entry: 'owner' }]).expect(201, [{ entry: 'owner' }]);
    expect(created.headers['etag']).toMatch(/^"hash:/);
    await send('put', references, [toTemplate('implicit')]).expect(204);
    await send('get', references).expect(200, [toTemplate('implicit')]);
    await send('delete', references).expect(204);
    await send('delete', references).expect(204);
    const entry = await send('get', `${POLICY}/entries/plain`).expect(200);
    expect(entry.body).not.toHaveProperty('references');
  });

  it.each<[string, unknown, number, string]>([
    ['/entries/plain/references', [{ entry: 'plain' }], 400, 'policies:entry.invalid'],
    ['/entries/plain/references', [{ entry: 'missing' }], 400, 'policies:entry.invalid'],
    ['/entries/plain/references', [{ entry: 'owner' }, { entry: 'owner' }], 400, 'policies:entry.invalid'],
    ['/entries/plain/references', [{ entry: 'closed' }], 400, 'policies:entry.invalid'],
    ['/entries/plain/references', [toTemplate('owner')], 400, 'policies:import.invalid'],
    ['/entries/plain/references', [toTemplate('missing')], 400, 'policies:import.invalid'],
    ['/entries/plain/references', [{ import: 'a:missing', entry: 'x' }], 404, 'policies:policy.notfound'],
    ['/entries/plain/references', [{ import: 'org.example:other', entry: 'owner' }], 400, 'policies:entry.invalid'],
    ['/entries/plain/references', [{ import: '', entry: 'x' }], 400, 'json.invalid'],
    ['/entries/plain/references', [{ import: null, entry: 'x' }], 400, 'json.invalid'],
    ['/entries/plain/references', [{}], 400, 'json.field.missing'],
    ['/entries/plain/references', ['owner'], 400, 'policies:entry.invalid'],
    ['/entries/plain/references', {}, 400, 'json.invalid'],
    ['/entries/missing/references', [], 404, 'policies:entry.notfound'],
    [
      '',
      { entries: { owner: OWNER, x: referencing({ import: 'org.example:other', entry: 'owner' }) } },
      400,
      'policies:import.invalid',
    ],
  ])('are refused: %s %j with %i %s', async (path, body, status, code) => {
    await openImporting({}, { plain: NOTHING, closed: { ...NOTHING, importable: 'never' } });
    await send('put', '/policies/org.example:other', { entries: { owner: OWNER } }).expect(201);
    const response = await send('put', POLICY + path, body).expect(status);
    expect(response.body.error).toBe(code);
  });

  it.each<[Verb, string, unknown, string]>([
    ['delete', '/entries/base', undefined, 'policies:entry.referenceconflict'],
    ['put', '/entries/base/importable', 'never', 'policies:entry.referenceconflict'],
    ['delete', '/imports/org.example:template', undefined, 'policies:import.referenceconflict'],
    ['delete', '/imports', undefined, 'policies:import.referenceconflict'],
    ['put', '/imports', {}, 'policies:import.referenceconflict'],
    ['put', '/imports/org.example:template', {}, 'policies:import.referenceconflict'],
    ['put', '/imports/org.example:template/entries', [], 'policies:import.referenceconflict'],
  ])('keep what they need: %s %s %j is refused with 409 %s', async (verb, path, body, code) => {
    const user = referencing({ entry: 'base' }, toTemplate('explicit'));
    await openImporting({ entries: ['explicit'] }, { base: NOTHING, user });
    const response = await send(verb, POLICY + path, body).expect(409);
    expect(response.body.error).toBe(code);
  });
});

describe('allowedAdditions', () => {
  it('are read, replaced and deleted', async () => {
    await openImporting({}, { plain: NOTHING });
    const path = `${POLICY}/entries/plain/allowedAdditions`;
    const unset = await send('get', path).expect(200, []);
    await send('put', path, []).expect(204);
    const empty = await send('get', path).expect(200, []);
    expect(empty.headers['etag']).not.toBe(unset.headers['etag']);
    await send('put', path, ['subjects', 'subjects']).expect(204);
    await send('get', path).expect(200, ['subjects']);
    const deleted = await send('delete', path).expect(204);
    const again = await send('delete', path).expect(204);
    expect(again.headers['entity-revision']).toBe(deleted.headers['entity-revision']);
    const refused = await send('put', path, ['everything']).expect(400);
    expect(refused.body.error).toBe('policies:entry.invalid');
  });

  it('keep additions of referencing entries without effect, and do not refuse them', async () => {
    await openImporting({}, { user: { ...reader, references: [toTemplate('implicit')] } });
    await send('put', `${TEMPLATE}/entries/implicit/allowedAdditions`, ['subjects']).expect(204);
    const view = await send('get', `${POLICY}?policy-view=resolved`).expect(200);
    expect(view.body.entries.user).toMatchObject({
      resources: { 'thing:/attributes': READ },
      allowedAdditions: ['subjects'],
    });
    await send('put', `${POLICY}/entries/user/resources/thing:%2Ffeatures`, READ).expect(201);
    const after = await send('get', `${POLICY}?policy-view=resolved`).expect(200);
    expect(after.body.entries.user.resources).toEqual({ 'thing:/attributes': READ });
  });
});

describe('namespaces on entries (3.9)', () => {
  it('confine an entry to things and policies of namespaces that match', async () => {
    await openImporting({}, { guest: { ...reader, resources: { 'thing:/': READ }, namespaces: ['com.acme.*'] } });
    await send('put', `${TEMPLATE}/entries/implicit/subjects`, {}).expect(204);
    const thing = { policyId: 'org.example:policy' };
    for (const id of ['com.acme:x', 'com.acme.cars:x', 'com.acmes:x'])
      await send('put', `/things/${id}`, thing).expect(201);
    const found = await send('get', '/search/things?fields=thingId', undefined, 'other').expect(200);
    expect(found.body.items).toEqual([{ thingId: 'com.acme.cars:x' }]);
    await send('get', '/things/com.acme.cars:x', undefined, 'other').expect(200);
    await send('get', '/things/com.acme:x', undefined, 'other').expect(404);
  });

  it('are read and replaced', async () => {
    await openImporting({}, { plain: NOTHING });
    const path = `${POLICY}/entries/plain/namespaces`;
    const unset = await send('get', path).expect(404);
    expect(unset.body.error).toBe('policies:entry.notfound');
    const written = await send('put', path, ['a.b', 'a.b.*']).expect(204);
    expect(written.headers['etag']).toBeUndefined();
    await send('get', path).expect(200, ['a.b', 'a.b.*']);
    for (const wrong of [['*'], [''], ['a.*.b'], ['1a'], [5]]) {
      const refused = await send('put', path, wrong).expect(400);
      expect(refused.body.error).toBe('policies:entry.invalid');
    }
  });
});

describe('Resolved view (3.9)', () => {
  it('has no entity tag and ignores preconditions', async () => {
    await openImporting();
    const view = await send('get', `${POLICY}?policy-view=resolved`).set('if-none-match', '"rev:1"').expect(200);
    expect(view.headers['etag']).toBeUndefined();
    expect(view.body).toMatchObject({ policyId: 'org.example:policy', imports: { 'org.example:template': {} } });
    const byHeader = await send('get', `${POLICY}?fields=entries`).set('policy-view', 'RESOLVED').expect(200);
    expect(byHeader.body).toEqual({ entries: view.body.entries });
    await send('get', `${POLICY}?policy-view=original`).set('if-none-match', '"rev:1"').expect(304);
  });

  it('shows imported entries only to those who may read them at their source', async () => {
    await openImporting({}, { guest: { subjects: subjects('other'), resources: { 'policy:/': READ } } });
    const view = await send('get', `${POLICY}?policy-view=resolved`, undefined, 'other').expect(200);
    expect(Object.keys(view.body.entries as object).sort()).toEqual(['guest', 'owner']);
    await send('put', `${TEMPLATE}/entries/implicit/resources/policy:%2Fentries%2Fimplicit`, READ).expect(201);
    const wider = await send('get', `${POLICY}?policy-view=resolved`, undefined, 'other').expect(200);
    expect(Object.keys(wider.body.entries as object)).toContain('imported-org.example:template-implicit');
  });

  it('is refused by another name', async () => {
    await openImporting();
    for (const test of [send('get', `${POLICY}?policy-view=effective`), send('get', POLICY).set('policy-view', 'x')]) {
      const response = await test.expect(400);
      expect(response.body.error).toBe('policies:view.invalid');
    }
  });
});

describe('transitiveImports (3.9)', () => {
  it('resolve the imports of an import first, whitelisted', async () => {
    const driver = { subjects: {}, resources: { 'thing:/features': READ }, allowedAdditions: ['subjects'] };
    await send('put', '/policies/acme:roles', { entries: { owner: { ...OWNER, importable: 'never' }, driver } }).expect(
      201,
    );
    const west = { subjects: subjects('other'), references: [{ import: 'acme:roles', entry: 'driver' }] };
    await send('put', '/policies/acme:west', {
      imports: { 'acme:roles': {} },
      entries: { owner: { ...OWNER, importable: 'never' }, driver: west },
    }).expect(201);
    await send('put', '/policies/acme:truck', {
      imports: { 'acme:west': {} },
      entries: { owner: OWNER, driver: { references: [{ import: 'acme:west', entry: 'driver' }] } },
    }).expect(201);
    const driverOf = async () =>
      (await send('get', '/policies/acme:truck?policy-view=resolved').expect(200)).body.entries.driver as unknown;
    expect(await driverOf()).toMatchObject({ subjects: subjects('other'), resources: {} });
    await send('put', '/policies/acme:truck/imports/acme:west/transitiveImports', ['acme:roles', 'a:unknown']).expect(
      204,
    );
    expect(await driverOf()).toMatchObject({ subjects: subjects('other'), resources: { 'thing:/features': READ } });
  });
});
