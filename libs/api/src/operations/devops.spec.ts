import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import request from 'supertest';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

type Method = 'get' | 'put' | 'post';
const asOperator = (method: Method, path: string) => request(api.url)[method](path).auth('devops', 'devops');
const SERVICES = ['gateway', 'policies', 'search', 'things'];

function levelsOf(service: string, loggerConfigs: readonly object[]): object {
  return {
    type: 'devops.responses:retrieveLoggerConfig',
    status: 200,
    serviceName: service,
    instance: 'here',
    loggerConfigs,
  };
}

describe('Operations: /devops/logging', () => {
  it('shows the levels by service and instance', async () => {
    const { body } = await asOperator('get', '/devops/logging').expect(200);
    expect(body).toEqual(
      Object.fromEntries(SERVICES.map((name) => [name, { here: levelsOf(name, [{ level: 'info', logger: 'ROOT' }]) }])),
    );
  });

  it('answers as much as the path leaves open', async () => {
    const levels = levelsOf('things', [{ level: 'info', logger: 'ROOT' }]);
    await asOperator('get', '/devops/logging/things').expect(200, { here: levels });
    await asOperator('get', '/devops/logging/things/here').expect(200, levels);
  });

  it('changes a level', async () => {
    const changed = await asOperator('put', '/devops/logging/things').send({
      logger: 'org.eclipse.ditto',
      level: 'DEBUG',
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({
      here: {
        type: 'devops.responses:changeLogLevel',
        status: 200,
        serviceName: 'things',
        instance: 'here',
        successful: true,
      },
    });
    await asOperator('put', '/devops/logging/things').send({ logger: 'org.quiet', level: 'off' }).expect(200);
    const shown = [
      { level: 'info', logger: 'ROOT' },
      { level: 'debug', logger: 'org.eclipse.ditto' },
    ];
    await asOperator('get', '/devops/logging/things/here').expect(200, levelsOf('things', shown));
    await asOperator('get', '/devops/logging/things/here?includeDisabledLoggers=true').expect(
      200,
      levelsOf('things', [...shown, { level: 'off', logger: 'org.quiet' }]),
    );
  });

  it.each(['/devops/logging/connectivity', '/devops/logging/things/elsewhere', '/devops/logging/__proto__'])(
    '%s: nobody answers',
    async (path) => {
      const { body } = await asOperator('get', path).expect(408);
      expect(body).toBeNull();
      await asOperator('put', path).send({ level: 'error' }).expect(408);
      const levels = levelsOf('things', [{ level: 'info', logger: 'ROOT' }]);
      await asOperator('get', '/devops/logging/things/here').expect(200, levels);
    },
  );

  it.each([
    ['{', 'json.invalid'],
    ['[]', 'json.invalid'],
    ['{"logger":"ROOT"}', 'json.field.missing'],
    ['{"level":"loud"}', 'json.invalid'],
    ['{"level":7}', 'json.invalid'],
    ['{"level":"info","logger":7}', 'json.invalid'],
    [JSON.stringify({ level: 'info', logger: 'x'.repeat(257) }), 'json.invalid'],
  ])('refuses %s', async (text, error) => {
    const refused = await asOperator('put', '/devops/logging').type('json').send(text).expect(400);
    expect(refused.body).toMatchObject({ status: 400, error });
  });

  it('is for operators', async () => {
    await request(api.url).get('/devops/logging').expect(401);
    await request(api.url).put('/devops/logging').auth('ditto', 'ditto').send({ level: 'off' }).expect(401);
  });
});

describe('Operations: /devops/config', () => {
  const config = (service: string, path: string | null) => ({
    type: 'common.responses:retrieveConfig',
    status: 200,
    config: { service, path },
  });

  it('shows it by service and instance, of one instance alone', async () => {
    const all = await asOperator('get', '/devops/config?path=ditto.info').expect(200);
    expect(all.body).toEqual(Object.fromEntries(SERVICES.map((name) => [name, { here: config(name, 'ditto.info') }])));
    await asOperator('get', '/devops/config/things').expect(200, { things: { here: config('things', null) } });
    await asOperator('get', '/devops/config/things/here').expect(200, config('things', null));
    await asOperator('get', '/devops/config/none').expect(408);
    await request(api.url).get('/devops/config').auth('ditto', 'ditto').expect(401);
  });
});

describe('Operations: /devops/piggyback', () => {
  const SUDO = { 'ditto-sudo': true, aggregate: false };
  const send = (path: string, type: string, command: object = {}, headers: object = SUDO) =>
    asOperator('post', `/devops/piggyback${path}`).send({
      targetActorSelection: '/system/sharding/thing',
      headers,
      piggybackCommand: { type, ...command },
    });

  beforeEach(async () => {
    for (const id of ['a:1', 'b:1', 'b:2'])
      await request(api.url)
        .put(`/api/2/things/${id}`)
        .auth('ditto', 'ditto')
        .send({ attributes: { n: 1 } });
  });

  it('retrieves a thing past its policy', async () => {
    const thing = { thingId: 'a:1', policyId: 'a:1', attributes: { n: 1 } };
    const response = { type: 'things.responses:retrieveThing', status: 200, thingId: 'a:1', thing };
    await send('/things', 'things.commands:retrieveThing', { thingId: 'a:1' }).expect(200, response);
    await send('', 'things.commands:retrieveThing', { thingId: 'a:1' }, { 'ditto-sudo': 'true' }).expect(200, {
      things: { here: response },
    });
    const selected = await send('/things/here', 'things.commands:retrieveThing', {
      thingId: 'a:1',
      selectedFields: 'thingId,_revision',
    });
    expect(selected.body.thing).toEqual({ thingId: 'a:1', _revision: 1 });
    const sudo = await send('/things', 'things.sudo.commands:sudoRetrieveThing', { payload: { thingId: 'a:1' } });
    expect(sudo.body).toEqual({
      type: 'things.sudo.responses:sudoRetrieveThingResponse',
      status: 200,
      payload: { thing },
    });
  });

  it('takes commands of connectivity at OpenTwins’ address, from operators only', async () => {
    const command = {
      targetActorSelection: '/system/sharding/connection',
      headers: SUDO,
      piggybackCommand: { type: 'connectivity.commands:retrieveConnection', connectionId: 'none' },
    };
    for (const path of ['/api/connections', '/api/connections/']) {
      const { body } = await asOperator('post', path).send(command).expect(200);
      expect(JSON.stringify(body)).toContain('connectivity:connection.notfound');
      await request(api.url).post(path).auth('ditto', 'ditto').send(command).expect(401);
      await request(api.url).post(path).send(command).expect(401);
    }
  });

  it('retrieves a policy past itself', async () => {
    const { body } = await send('/policies', 'policies.commands:retrievePolicy', { policyId: 'a:1' }).expect(200);
    expect(body).toMatchObject({ type: 'policies.responses:retrievePolicy', policy: { policyId: 'a:1' } });
    const sudo = await send('/policies', 'policies.sudo.commands:sudoRetrievePolicy', { policyId: 'a:1' });
    expect(sudo.body.payload.policy.entries.DEFAULT.subjects).toHaveProperty(['nginx:ditto']);
    const revision = await send('/policies', 'policies.sudo.commands:sudoRetrievePolicyRevision', { policyId: 'a:1' });
    expect(revision.body.payload).toEqual({ policyId: 'a:1', revision: 1 });
  });

  it('asks the search index', async () => {
    const counted = await send('/search', 'thing-search.sudo.commands:sudoCountThings', {
      filter: 'eq(attributes/n,1)',
    });
    expect(counted.body).toEqual({ type: 'thing-search.sudo.responses:sudoCountThings', status: 200, count: 3 });
    const some = await send('/search', 'thing-search.sudo.commands:sudoCountThings', { namespaces: ['b'] });
    expect(some.body.count).toBe(2);
    const report = await send('/search', 'thing-search.sudo.commands:sudoRetrieveNamespaceReport');
    expect(report.body.payload.namespaces).toEqual([
      { namespace: 'a', count: 1 },
      { namespace: 'b', count: 2 },
    ]);
    const update = await send('/search', 'thing-search.sudo.commands:sudoUpdateThing', { thingId: 'a:1' });
    expect(update.body.status).toBe(200);
  });

  it.each([
    ['/things', 'things.commands:retrieveThing', { thingId: 'a:none' }, 'things:thing.notfound'],
    ['/things', 'things.commands:retrieveThing', { thingId: 'none' }, 'things:id.invalid'],
    ['/things', 'things.commands:retrieveThing', {}, 'json.field.missing'],
    ['/things', 'things.commands:retrieveThing', { thingId: 7 }, 'json.invalid'],
    ['/things', 'things.sudo.commands:sudoRetrieveThing', { thingId: 'a:none' }, 'things:thing.notfound'],
    ['/policies', 'policies.commands:retrievePolicy', { policyId: 'a:none' }, 'policies:policy.notfound'],
    ['/policies', 'policies.sudo.commands:sudoRetrievePolicy', { policyId: 'a:none' }, 'policies:policy.notfound'],
    [
      '/policies',
      'policies.sudo.commands:sudoRetrievePolicyRevision',
      { policyId: 'a:none' },
      'policies:policy.notfound',
    ],
    ['/search', 'thing-search.sudo.commands:sudoCountThings', { filter: 'eq(' }, 'rql.expression.invalid'],
    ['/search', 'thing-search.sudo.commands:sudoUpdateThing', { thingId: 'a:none' }, 'things:thing.notfound'],
  ])('%s %s %j: answers with the refusal %s', async (path, type, command, error) => {
    const { body } = await send(path, type, command).expect(200);
    expect(body).toMatchObject({ error });
  });

  it('reads nothing without sudo, as nobody has asked', async () => {
    const thing = await send('/things', 'things.commands:retrieveThing', { thingId: 'a:1' }, { aggregate: false });
    expect(thing.body.error).toBe('things:thing.notfound');
    const policy = await send(
      '/policies',
      'policies.commands:retrievePolicy',
      { policyId: 'a:1' },
      { aggregate: false },
    );
    expect(policy.body.error).toBe('policies:policy.notfound');
  });

  it.each(['', '/things', '/gateway'])('%s: says honestly which commands there are not', async (path) => {
    const { body } = await send(path, 'namespaces.commands:sellNamespace', { namespace: 'a' }).expect(200);
    expect(body).toMatchObject({
      type: 'devops.responses:errorResponse',
      status: 400,
      instance: 'here',
      payload: {
        status: 400,
        error: 'json.type.notparsable',
        message: "The piggyback command 'namespaces.commands:sellNamespace' is not carried out here.",
        description: 'Check the type of the command; docs/operations.md lists those that there are.',
      },
    });
  });

  it.each(['/nowhere', '/things/elsewhere', '/connectivity/elsewhere'])('%s: nobody answers', async (path) => {
    const { body } = await send(path, 'things.commands:retrieveThing', { thingId: 'a:1' }).expect(408);
    expect(body).toBeNull();
  });

  it.each([
    [{ headers: {}, piggybackCommand: {} }, 'json.field.missing'],
    [{ targetActorSelection: '/', piggybackCommand: {} }, 'json.field.missing'],
    [{ targetActorSelection: '/', headers: {} }, 'json.field.missing'],
    [{ targetActorSelection: 7, headers: {}, piggybackCommand: {} }, 'json.invalid'],
    [{ targetActorSelection: '/', headers: [], piggybackCommand: {} }, 'json.invalid'],
    [[], 'json.invalid'],
  ])('refuses %j', async (body, error) => {
    const refused = await asOperator('post', '/devops/piggyback').send(body).expect(400);
    expect(refused.body.error).toBe(error);
  });

  it('takes a command without a type for an unknown one', async () => {
    const { body } = await asOperator('post', '/devops/piggyback/things').send({
      targetActorSelection: '/',
      headers: { aggregate: false },
      piggybackCommand: {},
    });
    expect(body.payload.error).toBe('json.type.notparsable');
  });

  it('is for operators, and takes POST only', async () => {
    await request(api.url).post('/devops/piggyback').auth('ditto', 'ditto').send({}).expect(401);
    await asOperator('put', '/devops/piggyback').send({}).expect(405);
  });
});
