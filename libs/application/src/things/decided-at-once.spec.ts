import { parseThingId } from '@gemel/model/ids';
import { parseSubjectId } from '@gemel/model/policies';
import { MemoryStore } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import type { Change, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { createThingService } from './create-thing-service.js';

const thingId = parseThingId('example:car');
const owner: SignalContext = { subjects: [parseSubjectId('test:owner')], headers: {} };
const stranger: SignalContext = { subjects: [parseSubjectId('test:stranger')], headers: {} };

/** Whose states are all in memory. */
class PromptStore extends MemoryStore {
  /** What each append holds, whether it is committed or not. */
  readonly appended: (readonly Change[])[] = [];
  readonly #states = new Map<string, Change>();

  /** As users of the store see it. */
  readonly states: StateStore = {
    thing: (id) => {
      const last = this.#states.get(`thing ${id}`);
      return last?.entity === 'thing' ? last.state : undefined;
    },
    policy: (id) => {
      const last = this.#states.get(`policy ${id}`);
      return last?.entity === 'policy' ? last.state : undefined;
    },
  };

  override async append(...[changes, guard]: Parameters<MemoryStore['append']>): Promise<void> {
    this.appended.push(changes);
    await super.append(changes, guard);
    for (const change of changes) this.#states.set(`${change.entity} ${change.event.id}`, change);
  }
}

async function open() {
  const store = new PromptStore();
  const clock = { now: () => 1_000 };
  const { states, archive } = store;
  const { enforcers, creation: policyCreation } = createPolicies({ log: store, states, clock });
  const shared = { log: store, states, archive, clock };
  const things = createThingService({ ...shared, enforcers, policyCreation, maxThingBytes: 2_000 });
  await things.execute({ kind: 'modify', thingId, path: [], value: { attributes: { speed: 0 } } }, owner);
  store.appended.length = 0;
  return { things, store };
}

describe('a change of a thing that is in memory', () => {
  it('is handed to the log in the turn in which it comes, in the order of the calls', async () => {
    const { things, store } = await open();
    const changes = [1, 2, 3].map((value) =>
      things.execute({ kind: 'merge', thingId, path: ['attributes', 'speed'], value }, owner),
    );
    expect(store.appended.flat().map(({ event }) => event.revision)).toContain(2);
    expect((await Promise.all(changes)).map(({ revision }) => revision)).toEqual([2, 3, 4]);
    expect((await store.states.thing(thingId))?.thing).toMatchObject({ attributes: { speed: 3 } });
  });

  it('is refused by a rejection, and keeps nobody waiting', async () => {
    const { things, store } = await open();
    const change = { kind: 'merge', thingId, path: ['attributes', 'speed'], value: 1 } as const;
    await expect(things.execute(change, stranger)).rejects.toMatchObject({ status: 403 });
    await expect(things.execute({ ...change, path: ['features', ''] }, owner)).rejects.toMatchObject({ status: 400 });
    expect(store.appended).toEqual([]);
    expect(await things.execute(change, owner)).toMatchObject({ outcome: 'modified', revision: 2 });
  });
});
