import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { parseFieldSelector } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import type { ThingCommand } from '@gemel/model/things';
import {
  get,
  merge,
  openThings,
  openWithCar,
  owner,
  put,
  reader,
  remove,
  stranger,
  thingId,
  verdict,
} from '@gemel/testkit/things';
import type { SignalContext } from '../signals/index.js';

describe('creating a thing', () => {
  it('makes its policy in the same commit', async () => {
    const { things, store } = openThings();
    const reply = await things.execute(put([], {}), owner);
    expect(reply).toMatchObject({
      outcome: 'created',
      revision: 1,
      etag: '"rev:1"',
      value: { thingId, policyId: thingId },
    });
    expect(store.commits.map((changes) => changes.map(({ entity }) => entity))).toEqual([['policy', 'thing']]);
    expect(store.commits[0]?.[1]?.event.headers).toEqual({ 'correlation-id': 'c1', 'ditto-originator': 'test:owner' });
  });

  it('takes commands that come while it is being committed, in their order', async () => {
    const { things, store } = openThings();
    const release = store.hold();
    const replies = [
      put([], {}),
      put(['attributes'], {}),
      merge(['attributes', 'n'], 1),
      merge(['attributes', 'n'], 2),
    ].map((command) => things.execute(command, owner));
    release();
    expect((await Promise.all(replies)).map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
    expect((await things.execute(get(['attributes', 'n']), owner)).value).toBe(2);
  });

  it.each<[string, JsonValue]>([
    ['things:thing.notcreatable', { policyId: 'no:policy' }],
    ['policies:policy.notfound', { policyId: thingId }],
  ])('answers %s for a policy that is missing or that the caller may not read', async (code, value) => {
    const { things } = await openWithCar();
    const other = parseThingId('example:other');
    expect(await verdict(things, { kind: 'modify', thingId: other, path: [], value }, stranger)).toBe(code);
  });

  it('does not take over a policy that has the id of the thing', async () => {
    const { things } = await openWithCar();
    await things.execute(remove(), owner);
    expect(await verdict(things, put([], {}), owner)).toBe('things:thing.notcreatable');
    expect(await verdict(things, put([], { policyId: thingId }), owner)).toBe('created');
  });
});

describe('a policy that comes with a new thing', () => {
  const other = parseThingId('example:other');
  const create = (value: JsonValue): ThingCommand => ({ kind: 'modify', thingId: other, path: [], value });
  const full = { grant: ['READ', 'WRITE'], revoke: [] };
  const entryOf = (resources: JsonValue) => ({ subjects: { 'test:owner': { type: 't' } }, resources });
  const inline = (resources: JsonValue) => ({ entries: { mine: entryOf(resources) } });

  it('is made in the same commit, with the id of the thing or its own', async () => {
    const { things, store } = await openWithCar();
    const own = { ...inline({ 'thing:/': full, 'policy:/': full }), policyId: 'example:own' };
    const reply = await things.execute(create({ _policy: own, attributes: { a: 1 } }), owner);
    expect(reply.value).toEqual({ thingId: other, policyId: 'example:own', attributes: { a: 1 } });
    expect(store.commits.at(-1)?.map(({ event }) => event.id)).toEqual(['example:own', other]);
    expect(Object.keys((await store.policy(parsePolicyId('example:own')))?.policy.entries ?? {})).toEqual(['mine']);
  });

  it.each(['example:car', '{{ ref:things/example:car/policyId }}'])('may be a copy of %s', async (source) => {
    const { things, store } = await openWithCar();
    const reply = await things.execute(create({ _copyPolicyFrom: source }), owner);
    expect(reply.value).toEqual({ thingId: other, policyId: other });
    const [original, copy] = await Promise.all(['example:car', other].map((id) => store.policy(parsePolicyId(id))));
    expect(copy?.policy).toEqual({ ...original?.policy, policyId: other });
    expect((await things.execute({ kind: 'retrieve', thingId: other, path: [] }, owner)).value).toEqual(reply.value);
  });

  it.each<[string, JsonValue]>([
    ['things:policy.conflicting', { _policy: {}, _copyPolicyFrom: 'example:car' }],
    [
      'things:policy.id.notallowed',
      { policyId: 'example:car', _policy: inline({ 'thing:/': full, 'policy:/': full }) },
    ],
    ['things:policy.invalid', { _policy: inline({ 'policy:/': full }) }],
    ['policies:policy.notcreatable', { _policy: inline({ 'thing:/': full }) }],
    [
      'things:thing.notcreatable',
      { _policy: { ...inline({ 'thing:/': full, 'policy:/': full }), policyId: 'example:car' } },
    ],
    ['policies:policy.notfound', { _copyPolicyFrom: 'no:policy' }],
    ['things:thing.notfound', { _copyPolicyFrom: '{{ ref:things/no:thing/policyId }}' }],
    ['placeholder:placeholder.reference.notsupported', { _copyPolicyFrom: '{{ ref:policies/x }}' }],
    ['json.invalid', { _copyPolicyFrom: 5 }],
    ['json.invalid', { _policy: 'x' }],
  ])('is refused with %s', async (code, value) => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    expect(await verdict(things, create(value), owner)).toBe(code);
    expect(store.commits).toHaveLength(before);
  });

  it('is copied only for those who may read all of it', async () => {
    const { things } = await openWithCar();
    expect(await verdict(things, create({ _copyPolicyFrom: 'example:car' }), reader)).toBe('policies:policy.notfound');
  });

  it('cannot come with a change of a thing that exists', async () => {
    const { things } = await openWithCar();
    expect(await verdict(things, put([], { _policy: {} }), owner)).toBe('things:policy.notallowed');
    expect(await verdict(things, merge([], { attributes: {}, _copyPolicyFrom: 'example:car' }), owner)).toBe(
      'things:policy.notallowed',
    );
  });
});

describe('rights', () => {
  it('shows a reader only what they may read', async () => {
    const { things } = await openWithCar();
    expect((await things.execute(get(), reader)).value).toEqual({ thingId, attributes: { color: 'red' } });
    expect(await verdict(things, get(['attributes', 'secret']), reader)).toBe('things:attribute.notfound');
    expect(await verdict(things, get(), stranger)).toBe('things:thing.notfound');
  });

  it.each<[string, ThingCommand]>([
    ['things:thing.notmodifiable', put([], {})],
    ['things:thing.notdeletable', remove()],
    ['things:attribute.notmodifiable', put(['attributes', 'color'], 'blue')],
    ['things:feature.properties.notmodifiable', merge(['features', 'gps', 'properties'], { a: 1 })],
  ])('answers %s to those without WRITE', async (code, command) => {
    const { things } = await openWithCar();
    expect(await verdict(things, command, reader)).toBe(code);
    expect(await verdict(things, command, stranger)).toBe(code);
  });

  it('counts a changed policy from the next command on', async () => {
    const { things, policies } = await openWithCar();
    const policyId = parsePolicyId(thingId);
    await policies.execute({ kind: 'delete', policyId, path: ['entries', 'reader'] }, owner);
    expect(await verdict(things, get(), reader)).toBe('things:thing.notfound');
  });
});

describe('what a command depends on', () => {
  it.each<[string, ThingCommand, Partial<SignalContext>]>([
    ['modified', put(['attributes', 'color'], 'b'), { condition: 'eq(attributes/color,"red")' }],
    ['things:condition.failed', put(['attributes', 'color'], 'b'), { condition: 'eq(attributes/color,"blue")' }],
    ['things:condition.invalid', get(), { condition: 'nonsense' }],
    ['things:condition.invalid', put([], {}), { condition: 'nonsense' }],
    ['retrieved', get(), { condition: 'gt(_revision,0)' }],
    ['things:precondition.failed', put([], {}), { preconditions: { ifNoneMatch: '*' } }],
    ['things:precondition.failed', put([], {}), { preconditions: { ifMatch: '"rev:7"' } }],
    ['modified', put([], {}), { preconditions: { ifMatch: '"rev:1"' } }],
    ['things:precondition.notmodified', get(), { preconditions: { ifNoneMatch: '"rev:1"' } }],
  ])('decides: %s', async (expected, command, dependency) => {
    const { things } = await openWithCar();
    expect(await verdict(things, command, { ...owner, ...dependency })).toBe(expected);
  });

  it('is no condition for a thing that is being created, but tags count', async () => {
    const { things } = openThings();
    expect(await verdict(things, put([], {}), { ...owner, preconditions: { ifMatch: '*' } })).toBe(
      'things:precondition.failed',
    );
    expect(await verdict(things, put([], {}), { ...owner, condition: 'eq(attributes/a,1)' })).toBe('created');
  });

  it('does not see what the caller may not read', async () => {
    const { things } = await openWithCar();
    expect(await verdict(things, get(), { ...reader, condition: 'exists(attributes/secret)' })).toBe(
      'things:condition.failed',
    );
  });
});

describe('conditions of the parts of a patch', () => {
  const patch = { attributes: { color: 'blue', size: 5 }, definition: 'a:b:1' };
  const at = (text: string) => text.split('/');

  it('leave out the parts whose condition does not hold', async () => {
    const { things, store } = await openWithCar();
    const patchConditions = [
      [at('attributes/color'), 'eq(attributes/color,"green")'],
      [at('definition'), 'not(exists(definition))'],
      [at('attributes/nothing'), 'eq(attributes/color,"green")'],
    ] as const;
    expect(await verdict(things, merge([], patch), { ...owner, patchConditions })).toBe('modified');
    expect(store.things()[0]?.thing).toMatchObject({
      definition: 'a:b:1',
      attributes: { color: 'red', size: 5, secret: 1 },
    });
  });

  it('are relative to the path of the patch, and their RQL to the thing', async () => {
    const { things, store } = await openWithCar();
    const patchConditions = [[at('color'), 'eq(attributes/color,"green")']] as const;
    await things.execute(merge(['attributes'], patch.attributes), { ...owner, patchConditions });
    expect(store.things()[0]?.thing.attributes).toEqual({ color: 'red', secret: 1, size: 5 });
  });

  it.each([
    ['things:condition.invalid', owner, 'nonsense'],
    ['things:condition.failed', reader, 'exists(attributes/secret)'],
    ['things:condition.failed', reader, 'not(exists(attributes/secret))'],
  ])('answer %s', async (code, context, rql) => {
    const { things } = await openWithCar();
    const command = merge([], patch);
    expect(await verdict(things, command, { ...context, patchConditions: [[['definition'], rql]] })).toBe(code);
    expect(await verdict(things, command, { ...context, condition: rql })).toBe(code);
  });
});

it('holds things to their size', async () => {
  const { things } = await openWithCar();
  expect(await verdict(things, put(['attributes', 'text'], 'x'.repeat(3_000)), owner)).toBe('things:thing.toolarge');
  for (const name of ['a', 'b', 'c']) await things.execute(put(['attributes', name], 'x'.repeat(500)), owner);
  expect(await verdict(things, put(['attributes', 'd'], 'x'.repeat(500)), owner)).toBe('things:thing.toolarge');
  expect(await verdict(things, put(['attributes', 'c'], 'y'.repeat(400)), owner)).toBe('modified');
});

it('retrieves many, in the order asked, and selects hidden fields by name', async () => {
  const { things } = await openWithCar();
  const ids = ['example:absent', 'example:car', 'example:car'].map(parseThingId);
  expect(await things.retrieveMany(ids, parseFieldSelector('thingId,_revision,_namespace,_modified'), owner)).toEqual([
    { thingId, _revision: 1, _namespace: 'example', _modified: '1970-01-01T00:00:01Z' },
    { thingId, _revision: 1, _namespace: 'example', _modified: '1970-01-01T00:00:01Z' },
  ]);
});
