import type { JsonObject } from '@gemel/model/json';
import { ALL, call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
  await call(api, 'PUT', '/api/2/things/a:old', { attributes: { x: 1 } });
});
afterEach(() => api.close());

const ENTRIES = {
  owner: { subjects: { 'nginx:other': { type: 'user' } }, resources: { 'policy:/': ALL, 'thing:/': ALL } },
};

async function send(type: string, command: JsonObject, headers: JsonObject = { 'ditto-sudo': true }) {
  const service = type.split('.', 1)[0] ?? '';
  const body = {
    targetActorSelection: `/system/sharding/${service === 'things' ? 'thing' : 'policy'}`,
    headers: { aggregate: false, 'is-group-topic': true, ...headers },
    piggybackCommand: { type, ...command },
  };
  return (await call(api, 'POST', `/devops/piggyback/${service}`, body, { user: 'devops' })).body;
}
const read = (path: string, user = 'other') => call(api, 'GET', `/api/2${path}`, undefined, { user });

describe('Operations: Piggyback things/policies', () => {
  it('creates, replaces and deletes a policy that lets the operator do nothing', async () => {
    const policy = { policyId: 'a:new', entries: ENTRIES };
    expect(await send('policies.commands:createPolicy', { policy })).toMatchObject({
      type: 'policies.responses:createPolicy',
      status: 201,
      policyId: 'a:new',
      policy: { policyId: 'a:new', entries: { owner: { importable: 'implicit' } } },
    });
    expect((await read('/policies/a:new')).status).toBe(200);
    const changed = { ...policy, entries: { ...ENTRIES, more: { subjects: {}, resources: {} } } };
    expect(await send('policies.commands:modifyPolicy', { policyId: 'a:new', policy: changed })).toEqual({
      type: 'policies.responses:modifyPolicy',
      status: 204,
      policyId: 'a:new',
    });
    expect((await read('/policies/a:new/entries/more')).headers['entity-revision']).toBe('2');
    expect(await send('policies.commands:deletePolicy', { policyId: 'a:new' })).toMatchObject({ status: 204 });
    expect((await read('/policies/a:new')).status).toBe(404);
  });

  it('creates, replaces and deletes a thing', async () => {
    await send('policies.commands:createPolicy', { policy: { policyId: 'a:new', entries: ENTRIES } });
    const thing = { thingId: 'a:new', policyId: 'a:new', attributes: { x: 1 } };
    expect(await send('things.commands:createThing', { thing })).toEqual({
      type: 'things.responses:createThing',
      status: 201,
      thingId: 'a:new',
      thing,
    });
    const changed = { thingId: 'a:new', attributes: { x: 2 } };
    expect(await send('things.commands:modifyThing', { thingId: 'a:new', thing: changed })).toEqual({
      type: 'things.responses:modifyThing',
      status: 204,
      thingId: 'a:new',
    });
    expect((await read('/things/a:new')).body).toEqual({ ...thing, attributes: { x: 2 } });
    expect(await send('things.commands:deleteThing', { thingId: 'a:new' })).toMatchObject({ status: 204 });
    expect((await read('/things/a:new')).status).toBe(404);
    const again = { thingId: 'a:new', policyId: 'a:new' };
    expect(await send('things.commands:modifyThing', { thingId: 'a:new', thing: again })).toMatchObject({
      status: 201,
      thing: again,
    });
  });

  it.each<[string, JsonObject, string]>([
    ['things.commands:createThing', { thing: { thingId: 'a:old' } }, 'things:thing.conflict'],
    ['things.commands:createThing', { thing: { thingId: 'a:none', policyId: 'a:no' } }, 'things:thing.notcreatable'],
    ['things.commands:createThing', { thing: { thingId: 'none' } }, 'things:id.invalid'],
    ['things.commands:createThing', { thing: {} }, 'json.field.missing'],
    ['things.commands:createThing', {}, 'json.field.missing'],
    ['things.commands:createThing', { thing: 7 }, 'json.invalid'],
    ['things.commands:createThing', { thing: { thingId: 'a:new', _copyPolicyFrom: 'a:old' } }, 'json.invalid'],
    ['things.commands:createThing', { thing: { thingId: 'a:new', attributes: [] } }, 'json.invalid'],
    ['things.commands:modifyThing', { thingId: 'a:old', thing: { thingId: 'a:x' } }, 'things:id.notsettable'],
    [
      'things.commands:modifyThing',
      { thingId: 'a:old', thing: { attributes: { x: 'x'.repeat(110_000) } } },
      'things:thing.toolarge',
    ],
    ['things.commands:deleteThing', { thingId: 'a:none' }, 'things:thing.notfound'],
    ['policies.commands:createPolicy', { policy: { policyId: 'a:old', entries: ENTRIES } }, 'policies:policy.conflict'],
    [
      'policies.commands:createPolicy',
      { policy: { policyId: 'a:new', entries: {} } },
      'policies:policy.modificationinvalid',
    ],
    ['policies.commands:modifyPolicy', { policyId: 'none', policy: { entries: ENTRIES } }, 'policies:id.invalid'],
    ['policies.commands:deletePolicy', { policyId: 'a:none' }, 'policies:policy.notfound'],
  ])('%s of %j is refused with %s', async (type, command, error) => {
    expect(await send(type, command)).toMatchObject({ payload: { error } });
    expect((await read('/things/a:old', 'ditto')).headers['entity-revision']).toBe('1');
  });

  it.each<[string, JsonObject, string]>([
    ['things.commands:deleteThing', { thingId: 'a:old' }, 'things:thing.notmodifiable'],
    ['policies.commands:deletePolicy', { policyId: 'a:old' }, 'policies:policy.notmodifiable'],
  ])('%s changes nothing without sudo', async (type, command, error) => {
    expect(await send(type, command, {})).toMatchObject({ payload: { error } });
    expect((await read('/things/a:old', 'ditto')).status).toBe(200);
  });
});
