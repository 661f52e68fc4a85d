import { eventually } from '@gemel/testkit/waiting';
import type { Gemel } from '../support/gemel.js';
import { BASIC_POLICY, createBasicPolicy, idsOf, proxyOf } from './proxy.js';
import type { Proxy } from './proxy.js';

/** Every request of OpenTwins' Grafana app 2.0.2 to Ditto and to the extended API, by area as the app has them. */
export const GRAFANA_SCENARIOS: readonly (readonly [area: string, play: (gemel: Gemel) => Promise<void>])[] = [
  ['lists of twins and types, paged and searched', lists],
  ['one twin', oneTwin],
  ['children and parent of a twin', twinFamily],
  ['copies of twins', copies],
  ['types', types],
  ['links of types', typeLinks],
  ['twins from types', instantiate],
  ['policies', policies],
  ['connections and their commands', connections],
  ['simulations', simulations],
];

const NO_CACHE = { 'cache-control': 'no-cache', pragma: 'no-cache', expires: '0' };
const ROOT = 'or(not(exists(attributes/_parents)),eq(attributes/_parents,null))';

interface Page {
  readonly items: readonly { readonly thingId: string }[];
  readonly cursor?: string;
}

/** What the forms send: features hold properties only. */
function form(name: string, properties: object = { value: 1 }): object {
  return {
    policyId: BASIC_POLICY,
    attributes: { name, description: `About ${name}`, image: 'https://example.com/i.png' },
    features: { gps: { properties } },
  };
}

async function ready(gemel: Gemel): Promise<Proxy> {
  const proxy = proxyOf(gemel);
  await createBasicPolicy(proxy);
  return proxy;
}

async function lists(gemel: Gemel): Promise<void> {
  const { ditto, extended } = await ready(gemel);
  const ids = Array.from({ length: 14 }, (_, index) => `g.lists:t${String(index).padStart(2, '0')}`);
  for (const id of ids) expect((await extended('PUT', `/api/twins/${id}`, form(`Twin ${id}`))).status).toBe(201);
  await extended('PUT', '/api/twins/g.lists:t00/children/g.lists:child', form('Child'));
  await extended('PUT', '/api/types/g.lists:type', form('Type'));
  await extended('PUT', '/api/types/g.lists:type/children/g.lists:part/2', form('Part'));

  const list = async (filter: string, cursor = ''): Promise<Page> => {
    const option = cursor === '' ? 'size(12)' : `size(12),cursor(${cursor})`;
    const query = `option=${option}&filter=${encodeURIComponent(`and(like(thingId,"g.lists:*"),${filter})`)}`;
    const { status, body } = await ditto('GET', `/api/2/search/things?${query}`, undefined, NO_CACHE);
    expect(status).toBe(200);
    return body as Page;
  };
  const roots = `ne(attributes/_isType,true),${ROOT}`;
  const first = await list(roots);
  const second = await list(roots, first.cursor);
  expect([...idsOf(first.items), ...idsOf(second.items)]).toEqual(ids);
  expect([first.items.length, second.cursor]).toEqual([12, undefined]);
  const child = await list('ne(attributes/_isType,true),eq(attributes/_parents,"g.lists:t00")');
  expect(idsOf(child.items)).toEqual(['g.lists:child']);
  const typed = await list('eq(attributes/_isType,true)');
  expect(idsOf(typed.items)).toEqual(['g.lists:part', 'g.lists:type']);

  const variants = ['t03', 't03', 'T03', 'T03'].flatMap((text) => [
    `like(thingId,"*${text}*")`,
    `like(attributes/name,"*${text}*")`,
  ]);
  expect(idsOf((await list(`${roots},or(${variants.join(',')})`)).items)).toEqual(['g.lists:t03']);

  const agents = encodeURIComponent('ne(attributes/_isType,true)');
  const all = await ditto('GET', `/api/2/search/things?filter=${agents}&fields=thingId&option=size(200)`);
  expect((all.body as Page).items).toContainEqual({ thingId: 'g.lists:t07' });

  const legacy = await extended('GET', '/api/twins?option=size(200)');
  expect(idsOf(legacy.body)).toEqual(expect.arrayContaining([...ids]));
  expect(idsOf(legacy.body)).not.toContain('g.lists:child');
  const page = (await extended('GET', '/api/twins?option=size(5)')).body as Page;
  const next = (await extended('GET', `/api/twins?option=size(5),cursor(${page.cursor ?? ''})`)).body as Page;
  expect(idsOf(next.items)).not.toEqual(idsOf(page.items));
}

async function oneTwin(gemel: Gemel): Promise<void> {
  const { ditto, extended } = await ready(gemel);
  const path = '/api/twins/g.one:twin:with-parts';

  const created = await extended('PUT', path, form('One'));
  expect([created.status, created.body]).toEqual([201, { thingId: 'g.one:twin:with-parts', ...form('One') }]);
  expect((await extended('PUT', path, form('Two'))).status).toBe(204);
  const changed = await extended('PATCH', path, { attributes: { name: 'Three', description: null } });
  expect([changed.status, changed.body]).toEqual([204, '']);
  expect((await extended('GET', path)).body).toEqual({
    thingId: 'g.one:twin:with-parts',
    ...form('Three'),
    attributes: { name: 'Three', image: 'https://example.com/i.png' },
  });
  const stored = await ditto('GET', '/api/2/things/g.one:twin:with-parts/attributes/_isType');
  expect(stored.body).toBe(false);
  const restricted = await extended('PATCH', path, { attributes: { _parents: 'g.one:other' } });
  expect([restricted.status, typeof restricted.body]).toEqual([442, 'string']);
  expect((await extended('DELETE', path)).status).toBe(204);
  const gone = await extended('GET', path);
  expect([gone.status, gone.body]).toEqual([404, '']);
}

async function twinFamily(gemel: Gemel): Promise<void> {
  const { extended } = await ready(gemel);
  const twin = '/api/twins/g.family';
  for (const id of ['house', 'lamp']) await extended('PUT', `${twin}:${id}`, form(id));

  const linked = await extended('PUT', `${twin}:house/children/g.family:lamp`);
  expect([linked.status, linked.body]).toEqual([200, '']);
  expect((await extended('PUT', `${twin}:house/children/g.family:door`, form('door'))).status).toBe(201);
  expect((await extended('PUT', `${twin}:house/children/g.family:door`, form('door 2'))).status).toBe(204);
  expect(idsOf((await extended('GET', `${twin}:house/children`)).body)).toEqual(['g.family:door', 'g.family:lamp']);
  const parent = await extended('GET', `${twin}:lamp/parent`);
  expect([parent.status, parent.body]).toEqual([200, 'g.family:house']);
  expect((await extended('GET', `${twin}:house/parent`)).status).toBe(404);

  expect((await extended('PATCH', `${twin}:lamp/parent/unlink`)).status).toBe(204);
  expect((await extended('PATCH', `${twin}:lamp/parent/unlink`)).status).toBe(204);
  const unlinked = await extended('PATCH', `${twin}:house/children/unlink`);
  expect([unlinked.status, unlinked.body]).toEqual([200, '']);
  expect((await extended('GET', `${twin}:house/children`)).body).toEqual([]);

  await extended('PUT', `${twin}:house/children/g.family:lamp`);
  const deleted = await extended('DELETE', `${twin}:house/children`);
  expect([deleted.status, deleted.body]).toEqual([200, 'Thing g.family:house and their children deleted correctly.']);
  const statuses = await Promise.all(
    ['house', 'lamp', 'door'].map(async (id) => (await extended('GET', `${twin}:${id}`)).status),
  );
  expect(statuses).toEqual([404, 404, 200]);
}

async function copies(gemel: Gemel): Promise<void> {
  const { ditto, extended } = await ready(gemel);
  await extended('PUT', '/api/twins/g.copies:car', form('Car'));
  for (const wheel of [1, 2, 3, 4]) {
    await extended('PUT', `/api/twins/g.copies:car/children/g.copies:car:wheel_${String(wheel)}`, form('Wheel'));
  }

  const copied = await extended('POST', '/api/twins/g.copies:car/duplicate/g.copies2:twin');
  expect([copied.status, copied.body]).toEqual([200, '']);
  expect(idsOf((await extended('GET', '/api/twins/g.copies2:twin/children')).body)).toEqual(
    [1, 2, 3, 4].map((wheel) => `g.copies2:twin:wheel_${String(wheel)}`),
  );
  const source = await ditto('GET', '/api/2/things/g.copies2:twin:wheel_3/attributes/copyOf');
  expect(source.body).toBe('g.copies:car:wheel_3');
  const named = { attributes: { name: 'Other', simulationOf: 'g.copies:car' } };
  expect((await extended('POST', '/api/twins/g.copies:car/duplicate/g.copies2:named', named)).status).toBe(200);
  expect((await extended('GET', '/api/twins/g.copies2:named')).body).toMatchObject(named);
  const taken = await extended('POST', '/api/twins/g.copies:car/duplicate/g.copies2:twin', named);
  expect([taken.status, taken.body]).toEqual([400, expect.stringContaining('already exist')]);
}

async function types(gemel: Gemel): Promise<void> {
  const { extended } = await ready(gemel);
  const path = '/api/types/g.types:pump';

  expect((await extended('PUT', path, form('Pump'))).status).toBe(201);
  expect((await extended('PUT', path, form('Pump 2'))).status).toBe(204);
  expect((await extended('PATCH', path, { attributes: { name: 'Pump 3' } })).status).toBe(204);
  expect((await extended('GET', path)).body).toEqual({
    thingId: 'g.types:pump',
    ...form('Pump 2'),
    attributes: {
      ...{ name: 'Pump 3', description: 'About Pump 2', image: 'https://example.com/i.png' },
    },
  });
  for (let index = 0; index < 30; index++) {
    await extended('PUT', `${path}/children/g.types:part${String(index)}/1`, form('Part'));
  }
  const roots = (await extended('GET', '/api/types')).body;
  expect(idsOf(roots)).toContain('g.types:pump');
  expect(idsOf(roots)).not.toContain('g.types:part3');
  const all = (await extended('GET', '/api/types/all')).body;
  expect(idsOf(all).filter((id) => id.startsWith('g.types:'))).toHaveLength(31);
  expect((await extended('DELETE', path)).status).toBe(204);
  expect((await extended('GET', path)).status).toBe(404);
  expect((await extended('GET', '/api/types/g.types:part3/parent')).status).toBe(404);
}

async function typeLinks(gemel: Gemel): Promise<void> {
  const { extended } = await ready(gemel);
  const type = '/api/types/g.links';
  for (const id of ['car', 'truck', 'wheel']) await extended('PUT', `${type}:${id}`, form(id));

  const linked = await extended('PUT', `${type}:car/children/g.links:wheel/4`);
  expect([linked.status, linked.body]).toEqual([200, '']);
  await extended('PUT', `${type}:truck/children/g.links:wheel/6`);
  expect((await extended('PUT', `${type}:car/children/g.links:wheel/3`)).status).toBe(200);
  expect((await extended('PUT', `${type}:car/children/g.links:seat/2`, form('Seat'))).status).toBe(201);
  const children = (await extended('GET', `${type}:car/children`)).body as readonly {
    readonly attributes: { readonly _parents: Readonly<Record<string, number>> };
  }[];
  expect(children.map(({ attributes }) => attributes._parents['g.links:car'])).toEqual([2, 3]);
  const parents = await extended('GET', `${type}:wheel/parent`);
  expect([parents.status, parents.body]).toEqual([200, { 'g.links:car': 3, 'g.links:truck': 6 }]);
  expect((await extended('GET', `${type}:car/parent`)).status).toBe(404);

  const unlinked = await extended('PATCH', `${type}:car/children/g.links:wheel/unlink`);
  expect([unlinked.status, unlinked.body]).toEqual([200, 'The things have been correctly unlinked']);
  const again = await extended('PATCH', `${type}:car/children/g.links:wheel/unlink`);
  expect([again.status, again.body]).toEqual([400, 'g.links:car is not parent of g.links:wheel']);
  expect((await extended('PATCH', `${type}:car/children/unlink`)).body).toBe('');
  expect((await extended('PATCH', `${type}:wheel/parent/unlink`)).status).toBe(204);
  expect((await extended('GET', `${type}:wheel/parent`)).status).toBe(404);
}

async function instantiate(gemel: Gemel): Promise<void> {
  const { extended } = await ready(gemel);
  await extended('PUT', '/api/types/g.from:car', form('Car'));
  await extended('PUT', '/api/types/g.from:car/children/g.from:wheel/4', form('Wheel'));

  const plain = await extended('POST', '/api/types/g.from:car/create/g.from:mycar');
  expect([plain.status, plain.body]).toEqual([200, '']);
  expect((await extended('GET', '/api/twins/g.from:mycar')).body).toEqual({
    thingId: 'g.from:mycar',
    ...form('Car', { value: null }),
    attributes: {
      ...{ name: 'Car', description: 'About Car', image: 'https://example.com/i.png' },
      type: 'g.from:car',
    },
  });
  expect(idsOf((await extended('GET', '/api/twins/g.from:mycar/children')).body)).toEqual(
    [1, 2, 3, 4].map((wheel) => `g.from:mycar:wheel_${String(wheel)}`),
  );
  const customized = await extended('POST', '/api/types/g.from:car/create/g.from:special', {
    policyId: BASIC_POLICY,
    attributes: { name: 'Special' },
    features: { extra: { properties: { x: 1 } } },
  });
  expect(customized.status).toBe(200);
  expect((await extended('GET', '/api/twins/g.from:special')).body).toMatchObject({
    attributes: { name: 'Special', type: 'g.from:car' },
    features: { gps: { properties: { value: null } }, extra: { properties: { x: null } } },
  });
}

async function policies(gemel: Gemel): Promise<void> {
  const { ditto, extended } = await ready(gemel);
  const entries = {
    owner: {
      subjects: { 'nginx:ditto': { type: 'user' } },
      resources: { 'policy:/': { grant: ['READ', 'WRITE'], revoke: [] } },
    },
  };

  expect((await ditto('PUT', '/api/2/policies/g.policies:one', { entries })).status).toBe(201);
  const listed = await extended('GET', '/api/policies');
  expect([listed.status, listed.body]).toEqual([200, expect.arrayContaining([BASIC_POLICY, 'g.policies:one'])]);
  expect((await ditto('GET', '/api/2/policies/g.policies:one')).body).toMatchObject({
    policyId: 'g.policies:one',
    entries,
  });
  expect((await ditto('PUT', '/api/2/policies/g.policies:one', { entries })).status).toBe(204);
  expect((await ditto('DELETE', '/api/2/policies/g.policies:one')).status).toBe(204);
  expect((await extended('GET', '/api/policies')).body).not.toContain('g.policies:one');
}

async function connections(gemel: Gemel): Promise<void> {
  const { devops, extended } = proxyOf(gemel);
  const { host } = new URL(gemel.mqtt);
  const target = {
    address: 'telemetry/grafana',
    topics: ['_/_/things/live/messages'],
    qos: 0,
    authorizationContext: ['nginx:ditto'],
  };
  const definition = {
    name: 'From Grafana',
    // The embedded broker of solo speaks MQTT 3.1.1.
    connectionType: 'mqtt',
    connectionStatus: 'closed',
    uri: `tcp://ditto:ditto@${host}`,
    sources: [],
    targets: [target],
  };

  const created = await devops('POST', '/api/2/connections', definition);
  expect(created.status).toBe(201);
  const { id } = created.body as { readonly id: string };
  const path = `/api/2/connections/${id}`;
  const listed = (await devops('GET', '/api/2/connections')).body;
  expect(listed).toContainEqual(expect.objectContaining({ id, name: 'From Grafana', connectionStatus: 'closed' }));
  expect((await devops('PUT', path, { ...definition, id, name: 'Renamed' })).status).toBe(204);
  expect((await devops('GET', path)).body).toMatchObject({
    id,
    name: 'Renamed',
    targets: [{ address: 'telemetry/grafana' }],
  });

  const command = (name: string) =>
    devops('POST', `${path}/command`, `connectivity.commands:${name}`, { 'content-type': 'text/plain' });
  expect((await command('openConnection')).status).toBe(200);
  const status = await eventually(
    () => devops('GET', `${path}/status`),
    ({ body }) => (body as { readonly liveStatus?: string }).liveStatus === 'open',
  );
  expect(status.body).toMatchObject({ connectionId: id, connectionStatus: 'open' });
  for (const name of ['enableConnectionLogs', 'resetConnectionLogs', 'resetConnectionMetrics']) {
    expect({ name, status: (await command(name)).status }).toEqual({ name, status: 200 });
  }
  expect((await devops('GET', `${path}/logs`)).body).toMatchObject({
    connectionId: id,
    enabledSince: expect.any(String),
  });
  expect((await devops('GET', `${path}/metrics`)).body).toMatchObject({ connectionId: id });
  expect((await extended('GET', '/api/connections/ids')).status).toBe(401);
  const operator = { authorization: `Basic ${btoa('devops:foobar')}` };
  const ids = await extended('GET', '/api/connections/ids', undefined, operator);
  expect([ids.status, ids.body]).toEqual([200, expect.arrayContaining([{ id, name: 'Renamed' }])]);
  const piggyback = {
    targetActorSelection: '/system/sharding/connection',
    headers: { aggregate: false },
    piggybackCommand: { type: 'connectivity.commands:retrieveConnection', connectionId: id },
  };
  expect((await extended('POST', '/api/connections', piggyback)).status).toBe(401);
  const retrieved = await extended('POST', '/api/connections', piggyback, operator);
  expect([retrieved.status, retrieved.body]).toEqual([200, expect.objectContaining({ status: 200 })]);
  const facade = async (method: 'GET' | 'PUT', rest: string, of = id) =>
    extended(method, `/api/connections/${of}${rest}`, undefined, operator);
  expect(await facade('GET', '')).toMatchObject({ status: 200, body: { id, name: 'Renamed' } });
  expect(await facade('PUT', '/open')).toMatchObject({ status: 200, body: '' });
  expect(await facade('PUT', '/close')).toMatchObject({ status: 200, body: '' });
  const another = (await devops('POST', '/api/2/connections', definition)).body as { id: string };
  expect((await facade('PUT', '/delete', another.id)).status).toBe(204);
  expect((await facade('GET', '', another.id)).status).toBe(404);
  expect((await command('closeConnection')).status).toBe(200);
  expect((await devops('GET', path)).body).toMatchObject({ connectionStatus: 'closed' });
  expect((await devops('DELETE', path)).status).toBe(204);
  expect((await devops('GET', path)).status).toBe(404);
}

async function simulations(gemel: Gemel): Promise<void> {
  const { ditto, extended } = await ready(gemel);
  const definition = {
    id: 'run',
    method: 'POST',
    url: 'http://localhost:9/run',
    contentType: 'application/json',
    content: [{ name: 'speed', type: 'number', required: true, default: 3 }],
  };
  await extended('PUT', '/api/twins/g.sim:twin', form('Twin'));
  const patch = (simulation: object | null) =>
    extended('PATCH', '/api/twins/g.sim:twin', { attributes: { _simulations: { run: simulation } } });

  expect((await patch(definition)).status).toBe(204);
  const attribute = '/api/2/things/g.sim:twin/attributes/_simulations';
  expect((await ditto('GET', attribute)).body).toEqual({ run: definition });
  expect((await ditto('GET', `${attribute}/run`)).body).toEqual(definition);
  expect((await patch(null)).status).toBe(204);
  expect((await ditto('GET', `${attribute}/run`)).status).toBe(404);
}
