import request from 'supertest';
import { ALL, ask, openHttpApi, READ, subjects } from '@gemel/testkit/http-api';
import type { OpenHttpApi, Verb } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const send = (verb: Verb, path: string, body?: unknown, user?: string) => ask(api, verb, `/api/2${path}`, body, user);

const OWNER = {
  subjects: subjects('ditto'),
  resources: { 'policy:/': ALL, 'thing:/': ALL, 'message:/': ALL },
  importable: 'never',
};

/** A thing whose policy imports what the user `other` may do. */
async function openThing(): Promise<void> {
  const reader = {
    subjects: subjects('other'),
    resources: {
      'thing:/attributes': READ,
      'thing:/attributes/secret': { grant: [], revoke: ['READ'] },
      'message:/inbox': { grant: ['WRITE'], revoke: [] },
    },
  };
  await send('put', '/policies/a:template', { entries: { owner: OWNER, reader } }).expect(201);
  await send('put', '/policies/a:policy', { imports: { 'a:template': {} }, entries: { owner: OWNER } }).expect(201);
  await send('put', '/things/a:thing', { policyId: 'a:policy' }).expect(201);
}

describe('checkPermissions', () => {
  const check = (resource: string, entityId: string, ...hasPermissions: string[]) => ({
    resource,
    entityId,
    hasPermissions,
  });

  it('answers each check by its name, in the order of the checks, imports included', async () => {
    await openThing();
    const checks = {
      wholeThing: check('thing:/', 'a:thing', 'READ'),
      color: check('thing:/attributes/color', 'a:thing', 'READ'),
      attributes: check('thing:/attributes', 'a:thing', 'READ'),
      writeColor: check('thing:/attributes/color', 'a:thing', 'READ', 'WRITE'),
      send: check('message:/inbox/messages/x', 'a:thing', 'WRITE'),
      fly: check('thing:/attributes/color', 'a:thing', 'FLY'),
      policy: check('policy:/', 'a:policy', 'READ'),
      missing: check('thing:/', 'a:missing', 'READ'),
      missingPolicy: check('policy:/', 'a:missing', 'READ'),
      __proto__x: check('thing:/attributes/color', 'a:thing', 'READ'),
      skipped: 'no object',
    };
    const response = await send('post', '/checkPermissions', checks, 'other').expect(200);
    expect(Object.entries(response.body as object)).toEqual([
      ['wholeThing', false],
      ['color', true],
      ['attributes', false],
      ['writeColor', false],
      ['send', true],
      ['fly', false],
      ['policy', false],
      ['missing', false],
      ['missingPolicy', false],
      ['__proto__x', true],
    ]);
    const owner = await send('post', '/checkPermissions', { permissionChecks: checks }).expect(200);
    expect(owner.body).toMatchObject({ wholeThing: true, policy: true, writeColor: true, fly: false });
    await send('post', '/checkPermissions', {}).expect(200, {});
  });

  it.each([
    [{ a: check('other:/', 'a:b', 'READ') }, 'json.invalid'],
    [{ a: check('nonsense', 'a:b', 'READ') }, 'json.invalid'],
    [{ a: check('thing:/', 'nocolon', 'READ') }, 'things:id.invalid'],
    [{ a: check('policy:/', 'nocolon', 'READ') }, 'policies:id.invalid'],
    [{ a: check('thing:/a//b', 'a:b', 'READ') }, 'json.pointer.invalid'],
    [{ a: check('thing:/', 'a:b') }, 'json.invalid'],
    [{ a: { ...check('thing:/', 'a:b'), hasPermissions: [1] } }, 'json.invalid'],
    [{ a: { entityId: 'a:b', hasPermissions: ['READ'] } }, 'json.field.missing'],
    [{ a: { resource: 'thing:/', hasPermissions: ['READ'] } }, 'json.field.missing'],
    [{ a: { resource: 'thing:/', entityId: 'a:b' } }, 'json.field.missing'],
    [[], 'json.invalid'],
  ])('refuses %j with %s', async (checks, code) => {
    const response = await send('post', '/checkPermissions', checks).expect(400);
    expect(response.body.error).toBe(code);
  });

  it('takes JSON only, and only POST', async () => {
    await request(api.url).post('/api/2/checkPermissions').auth('ditto', 'ditto').send('x').expect(415);
    await send('get', '/checkPermissions').expect(405);
    await request(api.url).post('/api/2/checkPermissions').send({}).expect(401);
  });
});

describe('explaining a permission', () => {
  const explain = (question: unknown, user = 'ditto') => send('post', '/policies/a:policy/explain', question, user);

  it('names what decides, where it stands, and what does not count', async () => {
    await openThing();
    await send('put', '/policies/a:policy/entries/elsewhere', {
      subjects: subjects('other'),
      resources: { 'thing:/': READ },
      namespaces: ['b'],
    }).expect(201);
    const question = { subjects: ['nginx:other'], resource: 'thing:/attributes/secret', permission: 'READ' };
    const response = await explain(question).expect(200);
    const where = {
      entry: 'imported-a:template-reader',
      origin: { kind: 'imported', policyId: 'a:template', entry: 'reader' },
      subjects: ['nginx:other'],
    };
    expect(response.body).toEqual({
      policyId: 'a:policy',
      ...question,
      namespace: 'a',
      granted: false,
      grantedPartially: false,
      statements: [
        { ...where, resource: 'thing:/attributes', effect: 'grant', decisive: false },
        { ...where, resource: 'thing:/attributes/secret', effect: 'revoke', decisive: true },
      ],
      ignored: [
        {
          entry: 'elsewhere',
          origin: { kind: 'own', policyId: 'a:policy', entry: 'elsewhere' },
          reason: 'namespace',
        },
      ],
    });
    const inB = await explain({ ...question, namespace: 'b' }).expect(200);
    expect(inB.body).toMatchObject({ granted: false, ignored: [] });
    const own = await explain({ resource: 'thing:/', permission: 'WRITE' }).expect(200);
    expect(own.body).toMatchObject({ subjects: ['nginx:ditto'], granted: true });
  });

  it('needs READ on the whole policy, and hides what cannot be read at its source', async () => {
    await openThing();
    const question = { subjects: ['nginx:other'], resource: 'thing:/attributes', permission: 'READ' };
    const refused = await explain(question, 'other').expect(404);
    expect(refused.body.error).toBe('policies:policy.notfound');
    const guest = { subjects: subjects('other'), resources: { 'policy:/': READ } };
    await send('put', '/policies/a:policy/entries/guest', guest).expect(201);
    const response = await explain(question, 'other').expect(200);
    expect(response.body.granted).toBe(false);
    expect(response.body.statements[0]).toEqual({
      entry: 'imported-a:template-reader',
      origin: { kind: 'imported', policyId: 'a:template', entry: 'reader' },
      effect: 'grant',
      decisive: false,
      hidden: true,
    });
  });

  it.each([
    [{}, 'json.field.missing'],
    [{ resource: 'thing:/' }, 'json.field.missing'],
    [{ resource: 'thing:/', permission: 'FLY' }, 'json.invalid'],
    [{ resource: 'other:/', permission: 'READ' }, 'policies:entry.invalid'],
    [{ resource: 'thing:/', permission: 'READ', subjects: [] }, 'json.invalid'],
    [{ resource: 'thing:/', permission: 'READ', subjects: ['nocolon'] }, 'policies:subjectid.invalid'],
    [{ resource: 'thing:/', permission: 'READ', subjects: 'a:b' }, 'json.invalid'],
    [{ resource: 'thing:/', permission: 'READ', namespace: 'a..b' }, 'json.invalid'],
    [1, 'json.invalid'],
  ])('refuses %j with %s', async (question, code) => {
    await openThing();
    const response = await explain(question).expect(400);
    expect(response.body.error).toBe(code);
  });
});
