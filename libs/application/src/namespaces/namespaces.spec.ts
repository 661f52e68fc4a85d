import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { policyChange, thingChange, turns } from '@gemel/testkit/contracts';
import { MemoryRecords, MemorySearch, MemoryStore, VirtualTimers } from '@gemel/testkit/memory';
import { LogThinner, PastStates } from '../past/index.js';
import { CommitTooLarge, RevisionConflict } from '../ports/index.js';
import { BlockedNamespaces, NamespaceBlocked, NamespacePurge, gatedLog, gatedStates } from './index.js';

const ignore = (): void => undefined;
const log = { error: ignore, warn: ignore, info: ignore, debug: ignore };
const MINUTE = 60_000;

/** Several processes on the same records. */
function processes(count: number) {
  const records = new MemoryRecords();
  const timers = new VirtualTimers();
  const clock = { now: () => timers.now() };
  const isShared = count > 1;
  const each = Array.from({ length: count }, () => new BlockedNamespaces({ records, clock, timers, log, isShared }));
  return { each, records, timers };
}

describe('A blocked namespace', () => {
  it('is refused until it is unblocked, and no other one', async () => {
    const {
      each: [blocked],
    } = processes(1);
    await blocked?.block('a.b');
    expect(() => blocked?.check('a.b')).toThrow(NamespaceBlocked);
    expect(() => blocked?.check('a')).not.toThrow();
    expect(() => blocked?.check('a.b.c')).not.toThrow();
    await blocked?.unblock('a.b');
    expect(blocked?.isEmpty).toBe(true);
    expect(() => blocked?.check('a.b')).not.toThrow();
  });

  it('is free again after five minutes, also for a process that begins later', async () => {
    const {
      each: [blocked, later],
      timers,
      records,
    } = processes(2);
    const blocking = blocked?.block('a');
    await timers.advance(4_000);
    await blocking;
    await timers.advance(5 * MINUTE - 4_001);
    expect(() => blocked?.check('a')).toThrow(NamespaceBlocked);
    await timers.advance(1);
    expect(() => blocked?.check('a')).not.toThrow();
    await later?.look();
    expect(await records.records('blocked-namespace', { prefix: '', limit: 10 })).toEqual([]);
  });

  it('is blocked when every process knows', async () => {
    const {
      each: [one, other],
      timers,
    } = processes(2);
    const following = other?.follow();
    await turns(3);
    let isDone = false;
    const blocking = one?.block('a').then(() => (isDone = true));
    await turns(5);
    expect(isDone).toBe(false);
    await timers.advance(4_000);
    await blocking;
    expect(() => other?.check('a')).toThrow(NamespaceBlocked);
    await following?.stop();
  });

  it('takes no change, and shows no thing', async () => {
    const {
      each: [blocked],
    } = processes(1);
    if (blocked === undefined) throw new Error('there is one');
    const store = new MemoryStore();
    const [gate, states] = [gatedLog(store, blocked), gatedStates(store, blocked)];
    await gate.append([thingChange('a:x', 1)]);
    await blocked.block('a');
    await expect(gate.append([thingChange('b:x', 1), thingChange('a:x', 2)])).rejects.toThrow(NamespaceBlocked);
    await expect(states.thing(parseThingId('a:x'))).rejects.toThrow(NamespaceBlocked);
    await expect(states.policy(parsePolicyId('a:x'))).rejects.toThrow(NamespaceBlocked);
    expect(await states.thing(parseThingId('b:x'))).toBeUndefined();
    await gate.append([thingChange('b:x', 1)]);
    await blocked.unblock('a');
    expect((await states.thing(parseThingId('a:x')))?.revision).toBe(1);
  });

  it('leaves it to the log to say what is too much for one commit', () => {
    const {
      each: [blocked],
    } = processes(1);
    if (blocked === undefined) throw new Error('there is one');
    const limited = Object.assign(new MemoryStore(), { tooLarge: () => new CommitTooLarge(2, 1) });
    expect(gatedLog(limited, blocked).tooLarge?.([thingChange('a:x', 1)])).toBeInstanceOf(CommitTooLarge);
    expect(gatedLog(new MemoryStore(), blocked).tooLarge).toBeUndefined();
  });
});

describe('Purging a namespace', () => {
  function setUp(store = new MemoryStore()) {
    let now = 0;
    const clock = { now: () => now };
    const past = new PastStates({ log: store, archive: store.archive, clock });
    const thinner = new LogThinner({ log: store, retention: store, past, clock, consumed: () => store.end() }, []);
    const parts = { log: store, index: new MemorySearch(store), directory: store.directory, clock, thinner };
    const purge = new NamespacePurge({ ...parts, ids: { uuid: () => 'id' } });
    return { store, purge, at: (instant: number) => (now = instant) };
  }

  it('deletes its things and policies, page by page, and nothing else', async () => {
    const { store, purge } = setUp();
    const many = Array.from({ length: 250 }, (_, n) => `a:${n}`);
    await store.append([...many, 'ab:1', 'a.b:1'].map((id) => thingChange(id, 1)));
    await store.append([...many, 'ab:1'].map((id) => policyChange(id, 1)));
    expect([await purge.things('a'), await purge.policies('a')]).toEqual([250, 250]);
    expect([await purge.things('a'), await purge.policies('a')]).toEqual([0, 0]);
    expect(await store.thing(parseThingId('a:7'))).toMatchObject({ deleted: true, revision: 2 });
    for (const id of ['ab:1', 'a.b:1']) expect(await store.thing(parseThingId(id))).toMatchObject({ deleted: false });
    expect(await store.policy(parsePolicyId('ab:1'))).toMatchObject({ deleted: false });
  });

  it('forgets what they were, as far as it is old', async () => {
    const { store, purge, at } = setUp();
    await store.append([thingChange('a:x', 1)]);
    await store.append([thingChange('a:x', 2)]);
    at(11 * MINUTE);
    await purge.things('a');
    const left = await store.history('thing', 'a:x', { from: 1, to: 9 });
    expect(left.map(({ event: { revision, action } }) => [revision, action])).toEqual([[3, 'deleted']]);
  });

  it('tries again when a writer was first', async () => {
    const store = new MemoryStore();
    const append = store.append.bind(store);
    await append([thingChange('a:x', 1)]);
    let refusals = 2;
    store.append = (changes, guard) =>
      refusals-- > 0 ? Promise.reject(new RevisionConflict('a:x')) : append(changes, guard);
    expect(await setUp(store).purge.things('a')).toBe(1);
    refusals = 100;
    await append([thingChange('a:y', 1)]);
    await expect(setUp(store).purge.things('a')).rejects.toThrow(RevisionConflict);
  });
});
