import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import type { ModifyingThingCommand, ThingState } from '@gemel/model/things';
import { MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import type { ThingMemory } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from './create-thing-service.js';

const thingId = parseThingId('example:car');
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: {} };
const stranger: SignalContext = { subjects: [parseSubjectId('test:stranger')], headers: {} };

/** A store that counts what it is asked. */
class CountingStore extends MemoryStore {
  asked = 0;

  override thing(id: typeof thingId): Promise<ThingState | undefined> {
    this.asked += 1;
    return super.thing(id);
  }
}

const put = (path: JsonPointer, value: JsonValue): ModifyingThingCommand => ({ kind: 'modify', thingId, path, value });

/** Two replicas on one store; the first remembers what it is told to. */
async function open() {
  const store = new CountingStore();
  const remembered = new Map<string, ThingState>();
  const replica = (memory?: Pick<ThingMemory, 'recall'>) => {
    const clock = { now: () => 1_000 };
    const { enforcers, creation, service: policies } = createPolicies({ log: store, states: store, clock });
    const shared = { log: store, states: store, archive: store.archive, clock, maxThingBytes: 2_000, memory };
    return { things: createThingService({ ...shared, enforcers, policyCreation: creation }), policies };
  };
  const { things } = replica({ recall: (id) => remembered.get(id) });
  const elsewhere = replica();
  await elsewhere.things.execute(put([], { attributes: { n: 0 } }), owner);
  const remember = async () => {
    const state = await store.thing(thingId);
    if (state !== undefined) remembered.set(thingId, state);
    store.asked = 0;
  };
  await remember();
  return { store, things, elsewhere, remember };
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
    // The second try at the change before was the first of 500 decisions.
    for (let n = 0; n < 499; n += 1) await things.execute(put(['attributes', 'n'], n), owner);
    expect(store.asked).toBe(499);
    await remember();
    await things.execute(put(['attributes', 'n'], 3), owner);
    expect(store.asked).toBe(0);
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
    const policyId = parsePolicyId(thingId);
    const all = { grant: ['READ', 'WRITE'], revoke: [] };
    const entry = { subjects: { 'test:stranger': { type: 't' } }, resources: { 'thing:/': all } };
    await elsewhere.policies.execute({ kind: 'modify', policyId, path: ['entries', 'other'], value: entry }, owner);
    expect(await things.execute(put(['attributes', 'n'], 1), stranger)).toMatchObject({ revision: 2 });
    await elsewhere.policies.execute({ kind: 'delete', policyId, path: ['entries', 'other'] }, owner);
    expect(await codeOf(things.execute(put(['attributes', 'n'], 2), stranger))).toBe(refusal);
  });
});
