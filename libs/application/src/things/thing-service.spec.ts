import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { parseFieldSelector } from '@gemel/model/json';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { evolve } from '@gemel/model/things';
import type { ThingCommand } from '@gemel/model/things';
import { MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import { RevisionConflict, StoreUnavailable } from '../ports/index.js';
import type { Change } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from './create-thing-service.js';
import type { ThingService } from './thing-service.js';

const thingId = parseThingId('example:car');
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: { 'correlation-id': 'c1' } };
const reader: SignalContext = { subjects: [parseSubjectId('test:reader')], headers: {} };
const stranger: SignalContext = { subjects: [parseSubjectId('test:stranger')], headers: {} };

/** Commits when told to, and can lose races and fail. */
class SlowStore extends MemoryStore {
  races = 0;
  failures = 0;
  /** What each append that was carried out held. */
  readonly commits: (readonly Change[])[] = [];
  #gate: Promise<void> = Promise.resolve();

  /** Appends wait until the function it returns is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** A commit of another replica, which waits for nothing. */
  commitElsewhere(changes: readonly Change[]): Promise<void> {
    return super.append(changes);
  }

  override async append(...[changes, guard]: Parameters<MemoryStore['append']>): Promise<void> {
    await this.#gate;
    if (this.failures-- > 0) throw new StoreUnavailable('the disk is full');
    if (this.races-- > 0) throw new RevisionConflict(thingId);
    await super.append(changes, guard);
    this.commits.push(changes);
  }
}

function open() {
  const store = new SlowStore();
  const clock = { now: () => 1_000 };
  const {
    enforcers,
    creation: policyCreation,
    service: policies,
  } = createPolicies({ log: store, states: store, clock });
  const things = createThingService({
    log: store,
    states: store,
    archive: store.archive,
    enforcers,
    policyCreation,
    clock,
    maxThingBytes: 2_000,
  });
  return { store, things, policies };
}

async function openWithCar() {
  const opened = open();
  await opened.things.execute(
    put([], { attributes: { color: 'red', secret: 1 }, features: { gps: { properties: {} } } }),
    owner,
  );
  const read = {
    subjects: { 'test:reader': { type: 't' } },
    resources: { 'thing:/attributes/color': { grant: ['READ'], revoke: [] } },
  };
  const policyId = parsePolicyId(thingId);
  await opened.policies.execute({ kind: 'modify', policyId, path: ['entries', 'reader'], value: read }, owner);
  return opened;
}

const put = (path: JsonPointer, value: JsonValue): ThingCommand => ({ kind: 'modify', thingId, path, value });
const merge = (path: JsonPointer, value: JsonValue): ThingCommand => ({ kind: 'merge', thingId, path, value });
const get = (path: JsonPointer = []): ThingCommand => ({ kind: 'retrieve', thingId, path });
const remove = (path: JsonPointer = []): ThingCommand => ({ kind: 'delete', thingId, path });

/** The code of the refusal, or the outcome. */
async function verdict(things: ThingService, command: ThingCommand, context: SignalContext): Promise<string> {
  return things.execute(command, context).then(
    ({ outcome }) => outcome,
    (error: unknown) => (error as { code: string }).code,
  );
}

describe('creating a thing', () => {
  it('makes its policy in the same commit', async () => {
    const { things, store } = open();
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
    const { things, store } = open();
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
    const { things } = open();
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

describe('several commands', () => {
  it('are one commit', async () => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    await things.executeAll(
      [
        { kind: 'merge', thingId, path: ['attributes', 'n'], value: 1 },
        { kind: 'merge', thingId, path: ['attributes', 'n'], value: 2 },
        { kind: 'create', thingId: parseThingId('example:b'), value: { policyId: thingId } },
      ],
      owner,
    );
    expect(store.commits.slice(before).map((changes) => changes.map(({ event }) => event.revision))).toEqual([
      [2, 3, 1],
    ]);
  });

  it('tell what stands against each of them when they are rehearsed, and change nothing', async () => {
    const { things, store } = open();
    await things.execute({ kind: 'create', thingId, value: {} }, owner);
    const before = await store.end();
    const [one, two] = [parseThingId('example:one'), parseThingId('example:two')];
    const refusals = await things.rehearse(
      [
        { kind: 'create', thingId: one, value: {} },
        { kind: 'create', thingId: two, value: { policyId: one } },
        { kind: 'modify', thingId: two, path: ['attributes', 'a'], value: 1 },
        { kind: 'create', thingId, value: {} },
        { kind: 'delete', thingId: parseThingId('example:none'), path: [] },
        { kind: 'merge', thingId: one, path: ['attributes'], value: { b: 2 } },
      ],
      owner,
    );
    expect(refusals.map(({ thingId: id, error }) => [id, error.code])).toEqual([
      ['example:car', 'things:thing.conflict'],
      ['example:none', 'things:thing.notfound'],
    ]);
    expect(await store.end()).toBe(before);
  });

  it('change nothing when one of them is refused', async () => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    const all = things.executeAll(
      [
        { kind: 'merge', thingId, path: ['attributes', 'n'], value: 1 },
        { kind: 'delete', thingId: parseThingId('example:absent'), path: [] },
      ],
      owner,
    );
    await expect(all).rejects.toMatchObject({ code: 'things:thing.notfound' });
    expect(store.commits).toHaveLength(before);
    expect(await verdict(things, get(['attributes', 'n']), owner)).toBe('things:attribute.notfound');
  });
});

describe('the log', () => {
  it('is asked again after a lost race', async () => {
    const { things, store } = await openWithCar();
    store.races = 3;
    expect(await verdict(things, put(['attributes', 'color'], 'b'), owner)).toBe('modified');
  });

  it('may refuse: the command fails, those built on it are decided again', async () => {
    const { things, store } = await openWithCar();
    const release = store.hold();
    store.failures = 1;
    const [first, second] = [1, 2].map((n) => verdict(things, put(['attributes', `n${String(n)}`], n), owner));
    release();
    expect(await first).toBe('gemel:store.unavailable');
    expect(await second).toBe('created');
    expect((await things.execute(get(['attributes']), owner)).value).toEqual({ color: 'red', secret: 1, n2: 2 });
  });

  it('keeps nothing of a write that lost to another replica in those built on it', async () => {
    const { things, store } = await openWithCar();
    const revision = (await store.thing(thingId))?.revision ?? 0;
    const release = store.hold();
    const writes = ['n1', 'n2', 'n3'].map((name) => things.execute(put(['attributes', name], 0), owner));
    const other = { ...CHANGE, event: { ...CHANGE.event, revision: revision + 1 } };
    const before = await store.thing(thingId);
    await store.commitElsewhere([{ ...other, state: evolve(before, other.event) }]);
    release();
    const replies = await Promise.all(writes);
    expect(replies.map((reply) => reply.revision).toSorted()).toEqual([2, 3, 4].map((n) => revision + n));
    const attributes = { color: 'blue', secret: 1, n1: 0, n2: 0, n3: 0 };
    expect((await things.execute(get(['attributes']), owner)).value).toEqual(attributes);
  });

  it('takes a burst of writes to one thing in few appends, in their order', async () => {
    const { things, store } = await openWithCar();
    const before = store.commits.length;
    const release = store.hold();
    const writes = Array.from({ length: 20 }, (_, n) => things.execute(put(['attributes', 'n'], n), owner));
    // So that all are decided.
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await Promise.all(writes);
    const appends = store.commits.slice(before);
    expect(appends.length).toBe(2);
    expect(appends.flat().map(({ event }) => event.value)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

const CHANGE = {
  entity: 'thing',
  event: {
    entity: 'thing',
    id: thingId,
    timestamp: 2_000,
    action: 'modified',
    path: ['attributes', 'color'],
    value: 'blue',
    headers: {},
  },
} as const;

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
