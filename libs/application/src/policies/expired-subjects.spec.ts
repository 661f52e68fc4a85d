import { parsePolicyId } from '@gemel/model/ids';
import type { PolicyId } from '@gemel/model/ids';
import { evolvePolicy, livePolicy } from '@gemel/model/policies';
import { MemoryStore } from '@gemel/testkit/memory';
import { ExpiredSubjects, startRemoving } from './expired-subjects.js';

const ignore = (): void => undefined;
const HOUR = 3_600_000;
const owner = { subjects: { 'a:owner': { type: 't' } }, resources: {}, importable: 'implicit' } as const;

let store: MemoryStore;
let now: number;

beforeEach(() => {
  store = new MemoryStore();
  now = Date.UTC(2030, 0, 1);
});

const at = (hours: number) => ({ type: 't', expiry: new Date(Date.UTC(2030, 0, 1) + hours * HOUR).toISOString() });
const expired = () =>
  new ExpiredSubjects({ log: store, directory: store.directory, clock: { now: () => now }, ids: { uuid: () => 'id' } });

async function put(text: string, subjects: object): Promise<PolicyId> {
  const id = parsePolicyId(text);
  const value = { policyId: id, imports: {}, entries: { owner, guests: { ...owner, subjects: { ...subjects } } } };
  const event = {
    entity: 'policy',
    id,
    revision: 1,
    timestamp: 0,
    action: 'created',
    path: [],
    value,
    headers: {},
  } as const;
  await store.append([{ entity: 'policy', event, state: evolvePolicy(undefined, event) }]);
  return id;
}

const guestsOf = async (id: PolicyId) =>
  Object.keys(livePolicy(await store.policy(id))?.entries['guests']?.subjects ?? {});

describe('Subject expiry', () => {
  it('removes each subject at its time, by an event of its own', async () => {
    const id = await put('ns:a', { 'a:soon': at(1), 'a:too': at(1), 'a:later': at(2), 'a:never': { type: 't' } });
    await expired().sweep(undefined);
    expect(await guestsOf(id)).toHaveLength(4);
    now += HOUR;
    await expired().sweep(undefined);
    expect(await guestsOf(id)).toEqual(['a:later', 'a:never']);
    const events = await store.history('policy', id, { from: 2, to: 9 });
    expect(events.map(({ event }) => [event.action, event.path.join('/')])).toEqual([
      ['deleted', 'entries/guests/subjects/a:soon'],
      ['deleted', 'entries/guests/subjects/a:too'],
    ]);
  });

  it('looks through the policies in which something is due, page by page', async () => {
    const ids: PolicyId[] = [];
    for (let n = 0; n < 250; n++) ids.push(await put(`ns:${String(n)}`, { 'a:soon': at(1) }));
    now += HOUR;
    let pages = 1;
    for (let after = await expired().sweep(undefined); after !== undefined; after = await expired().sweep(after))
      pages++;
    expect(pages).toBe(3);
    for (const id of ids) expect(await guestsOf(id)).toEqual([]);
  });

  it('goes on by itself until it is stopped, whatever fails', async () => {
    const slept: number[] = [];
    const failing = { sweep: () => Promise.reject(new Error('no store')) };
    let stopped: Promise<void> | undefined;
    const timers = {
      now: () => 0,
      sleep: async (ms: number) => {
        slept.push(ms);
        if (slept.length === 3) stopped = removing.stop();
      },
    };
    const removing = startRemoving(failing, timers, { error: ignore, warn: ignore, info: ignore, debug: ignore });
    await removing.stop();
    await stopped;
    expect(slept[0]).toBe(1_000);
  });
});
