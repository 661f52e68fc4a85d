import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { PolicyState } from '@gemel/model/policies';
import type { ModifyingThingCommand, ThingState } from '@gemel/model/things';
import { MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import { RevisionConflict } from '../ports/index.js';
import type { Change } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from './create-thing-service.js';
import type { Memory } from './draft.js';

const thingId = parseThingId('example:car');
const policyId = parsePolicyId(thingId);
const ALL = { grant: ['READ', 'WRITE'], revoke: [] };
const STRANGERS = { subjects: { 'test:stranger': { type: 't' } }, resources: { 'thing:/': ALL } };
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: {} };
const stranger: SignalContext = { subjects: [parseSubjectId('test:stranger')], headers: {} };

/** A store that counts what it is asked, and holds premises against what it has. */
class CountingStore extends MemoryStore {
  asked = 0;
  askedForPolicies = 0;

  override async append(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      if (change.entity !== 'thing' || change.premise === undefined) continue;
      const { policyId, revision } = change.premise;
      if ((await super.policy(policyId))?.revision !== revision) throw new RevisionConflict(policyId);
    }
    return super.append(changes);
  }

  override policy(id: PolicyId): Promise<PolicyState | undefined> {
    this.askedForPolicies += 1;
    return super.policy(id);
  }

  override thing(id: typeof thingId): Promise<ThingState | undefined> {
    this.asked += 1;
    return super.thing(id);
  }
}

const put = (path: JsonPointer, value: JsonValue, id = thingId): ModifyingThingCommand => ({
  ...{ kind: 'modify', path, value },
  thingId: id,
});

/** Two replicas on one store; the first remembers what it is told to. */
async function open() {
  const store = new CountingStore();
  const remembered = new Map<string, ThingState>();
  const policies = new Map<string, PolicyState>();
  const replica = (memory?: Memory) => {
    const clock = { now: () => 1_000 };
    const { enforcers, creation, service: policies } = createPolicies({ log: store, states: store, clock });
    const shared = { log: store, states: store, archive: store.archive, clock, maxThingBytes: 2_000, memory };
    return { things: createThingService({ ...shared, enforcers, policyCreation: creation }), policies };
  };
  const { things } = replica({
    recall: (id) => remembered.get(id),
    recallPolicy: (id) => {
      const state = policies.get(id);
      return state && { state, premise: { policyId: id, revision: state.revision, generation: 1 } };
    },
  });
  const elsewhere = replica();
  await elsewhere.things.execute(put([], { attributes: { n: 0 } }), owner);
  const remember = async (id = thingId) => {
    const state = await store.thing(id);
    if (state !== undefined) remembered.set(id, state);
    store.asked = 0;
  };
  const rememberPolicy = async () => {
    const state = await store.policy(policyId);
    if (state !== undefined) policies.set(policyId, state);
    store.askedForPolicies = 0;
  };
  await remember();
  return { store, things, elsewhere, remember, rememberPolicy };
}

const codeOf = (refused: Promise<unknown>) =>
  refused.then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  );

describe('writing a thing that is remembered', () => {
  it('asks the store for nothing', async () => {
    const { store, things } = await open();
    expect(await things.execute(put(['attributes', 'n'], 1), owner)).toMatchObject({ revision: 2 });
    expect(store.asked).toBe(0);
  });

  it('is decided again when another replica has changed it', async () => {
    const { things, elsewhere } = await open();
    await elsewhere.things.execute(put(['attributes'], { m: 1 }), owner);
    expect(await things.execute(put(['attributes', 'n'], 1), owner)).toMatchObject({
      outcome: 'created',
      revision: 3,
    });
  });

  it('asks the store for a while after that', async () => {
    const { store, things, elsewhere, remember } = await open();
    await elsewhere.things.execute(put(['attributes', 'n'], 1), owner);
    await things.execute(put(['attributes', 'n'], 2), owner);
    await remember();
    // The second try at the change before was the first of 16 decisions.
    for (let n = 0; n < 15; n += 1) await things.execute(put(['attributes', 'n'], n), owner);
    expect(store.asked).toBe(15);
    await remember();
    await things.execute(put(['attributes', 'n'], 3), owner);
    expect(store.asked).toBe(0);
  });

  it('asks the store for the longer the sooner memory is wrong again, up to 512 times', async () => {
    const { store, things, elsewhere, remember } = await open();
    const change = (n: number) => things.execute(put(['attributes', 'n'], n), owner);
    const asked: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      await remember();
      await elsewhere.things.execute(put(['attributes', 'n'], round), owner);
      store.asked = 0;
      await change(round);
      // Until one is decided on what is remembered.
      for (let before = -1; before < store.asked;) {
        before = store.asked;
        await remember();
        store.asked = before;
        await change(before);
      }
      asked.push(store.asked);
    }
    expect(asked).toEqual([16, 32, 64, 128, 256, 512, 512, 512]);
  });

  it('asks the store for no longer than at first when memory was right for long', async () => {
    const { store, things, elsewhere, remember } = await open();
    const change = async (n: number) => {
      const { asked } = store;
      await remember();
      store.asked = asked;
      await things.execute(put(['attributes', 'n'], n), owner);
    };
    const spoil = async () => {
      await remember();
      await elsewhere.things.execute(put(['attributes', 'n'], -1), owner);
      await things.execute(put(['attributes', 'n'], -2), owner);
    };
    for (const trusted of [0, 40]) {
      for (let n = 0; n < trusted; n += 1) await change(n);
      await spoil();
      for (let n = 0; n < 31; n += 1) await change(n);
    }
    await spoil();
    store.asked = 0;
    for (let n = 0; n < 40; n += 1) await change(n);
    expect(store.asked).toBe(15);
  });

  it('does not ask the store for other things because of that', async () => {
    const { store, things, elsewhere, remember } = await open();
    const other = parseThingId('example:bike');
    await elsewhere.things.execute(put([], { policyId, attributes: {} }, other), owner);
    await elsewhere.things.execute(put(['attributes', 'n'], 1), owner);
    await things.execute(put(['attributes', 'n'], 2), owner);
    await remember(other);
    for (let n = 0; n < 9; n += 1) {
      await things.execute(put(['attributes', 'n'], n, other), owner);
      await remember(other);
    }
    await things.execute(put(['attributes', 'n'], 9, other), owner);
    expect(store.asked).toBe(0);
    await things.execute(put(['attributes', 'n'], 3), owner);
    expect(store.asked).toBe(1);
  });

  it('asks the store for all things after the third of which memory was wrong', async () => {
    const { store, things, elsewhere, remember } = await open();
    const named = (name: string) => parseThingId(`example:${name}`);
    for (const id of ['a', 'b', 'c', 'd'].map(named)) {
      await elsewhere.things.execute(put([], { policyId, attributes: {} }, id), owner);
      await remember(id);
    }
    for (const id of ['a', 'b', 'c'].map(named)) {
      await things.execute(put(['attributes', 'n'], 0, named('d')), owner);
      await remember(named('d'));
      await elsewhere.things.execute(put(['attributes', 'n'], 1, id), owner);
      await things.execute(put(['attributes', 'n'], 2, id), owner);
    }
    store.asked = 0;
    await things.execute(put(['attributes', 'n'], 3, named('d')), owner);
    expect(store.asked).toBe(1);
  });

  it('is refused only on what the store has', async () => {
    const { store, things, elsewhere } = await open();
    const unmet = { ...owner, preconditions: { ifMatch: '"rev:2"' } };
    expect(await codeOf(things.execute(put([], { attributes: {} }), unmet))).toBe('things:precondition.failed');
    expect(store.asked).toBe(1);
    await elsewhere.things.execute(put(['attributes', 'n'], 1), owner);
    expect(await things.execute(put([], { attributes: {} }), unmet)).toMatchObject({ revision: 3 });
  });

  it('is refused when the thing is gone, and made anew where that is asked', async () => {
    const { things, elsewhere } = await open();
    await elsewhere.things.execute({ kind: 'delete', thingId, path: [] }, owner);
    expect(await codeOf(things.execute(put(['attributes', 'n'], 1), owner))).toBe('things:thing.notfound');
    expect(await codeOf(things.execute(put([], {}), owner))).toBe('things:thing.notcreatable');
    const own = put([], { policyId: thingId });
    expect(await things.execute(own, owner)).toMatchObject({ outcome: 'created', revision: 3 });
  });

  it('obeys the policy as it is now', async () => {
    const { things, elsewhere } = await open();
    const refusal = await codeOf(things.execute(put(['attributes', 'n'], 1), stranger));
    expect(refusal).toBe('things:attribute.notmodifiable');
    await elsewhere.policies.execute({ kind: 'modify', policyId, path: ['entries', 'other'], value: STRANGERS }, owner);
    expect(await things.execute(put(['attributes', 'n'], 1), stranger)).toMatchObject({ revision: 2 });
    await elsewhere.policies.execute({ kind: 'delete', policyId, path: ['entries', 'other'] }, owner);
    expect(await codeOf(things.execute(put(['attributes', 'n'], 2), stranger))).toBe(refusal);
  });
});

describe('writing a thing under a policy that is remembered', () => {
  const strangers = { kind: 'modify', policyId, path: ['entries', 'other'], value: STRANGERS } as const;

  it('asks the store for neither', async () => {
    const { store, things, rememberPolicy } = await open();
    await rememberPolicy();
    expect(await things.execute(put(['attributes', 'n'], 1), owner)).toMatchObject({ revision: 2 });
    expect([store.asked, store.askedForPolicies]).toEqual([0, 0]);
  });

  it('refuses who has lost the right meanwhile, though memory still has it', async () => {
    const { things, elsewhere, remember, rememberPolicy } = await open();
    await elsewhere.policies.execute(strangers, owner);
    await rememberPolicy();
    expect(await things.execute(put(['attributes', 'n'], 1), stranger)).toMatchObject({ revision: 2 });
    await remember();
    await elsewhere.policies.execute({ kind: 'delete', policyId, path: ['entries', 'other'] }, owner);
    const refused = things.execute(put(['attributes', 'n'], 2), stranger);
    expect(await codeOf(refused)).toBe('things:attribute.notmodifiable');
  });

  it('lets in who has got the right meanwhile, though memory has not', async () => {
    const { things, elsewhere, rememberPolicy } = await open();
    await rememberPolicy();
    await elsewhere.policies.execute(strangers, owner);
    expect(await things.execute(put(['attributes', 'n'], 1), stranger)).toMatchObject({ revision: 2 });
  });

  it('asks for the thing alone when others have changed that', async () => {
    const { store, things, elsewhere, rememberPolicy } = await open();
    await rememberPolicy();
    await elsewhere.things.execute(put(['attributes', 'n'], 1), owner);
    store.asked = store.askedForPolicies = 0;
    await things.execute(put(['attributes', 'n'], 2), owner);
    // What is decided again stands on the store alone.
    expect([store.asked, store.askedForPolicies]).toEqual([1, 1]);
    await things.execute(put(['attributes', 'n'], 3), owner);
    expect([store.asked, store.askedForPolicies]).toEqual([2, 1]);
  });

  it('asks for a policy that takes over from others', async () => {
    const { store, things, elsewhere, rememberPolicy } = await open();
    const own = { subjects: { 'test:owner': { type: 't' } }, resources: { 'policy:/': ALL } };
    const other = parsePolicyId('example:other');
    await elsewhere.policies.execute({ kind: 'create', policyId: other, value: { entries: { own } } }, owner);
    const imports = { [other]: {} };
    await elsewhere.policies.execute({ kind: 'modify', policyId, path: ['imports'], value: imports }, owner);
    await rememberPolicy();
    await things.execute(put(['attributes', 'n'], 1), owner);
    expect(store.askedForPolicies).toBeGreaterThan(0);
  });
});
