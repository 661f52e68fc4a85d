import { StoreUnavailable } from '@gemel/application/ports';
import type { Change } from '@gemel/application/ports';
import { policyChange, thingChange, until } from '@gemel/testkit/contracts';
import { mongo } from 'mongoose';
import type { Collections, CommitDocument } from './collections.js';
import type { CommitDraft } from './commit-draft.js';
import { CommitLog } from './commit-log.js';
import { Questions } from './questions.js';

/** As FerretDB says it. */
const NO_ROOM = { code: 4_293, errmsg: 'could not extend file "base/5/19162": No space left on device' };

const TAKEN = { code: 11_000, errmsg: 'Duplicate key violation on the requested collection' };

/** A server whose disk takes so many more commits; a broken connection when it is told so. */
function open(room: number) {
  // The next answers of counters are lost, so many.
  const server = { room, isBroken: false, lacksCounters: false, deafFor: 0, inserts: 0, ms: 0 };
  const stored: CommitDocument[] = [];
  const logged: string[] = [];
  const commits = {
    insertMany: (documents: readonly CommitDocument[]) => {
      server.inserts += 1;
      if (server.isBroken) return Promise.reject(new mongo.MongoNetworkError('connection 1 closed'));
      const writeErrors = documents.flatMap((document, index) => {
        const isTaken = stored.some(({ _id, keys }) => _id === document._id || keys[0] === document.keys[0]);
        if (isTaken) return [{ ...TAKEN, index } as mongo.WriteError];
        if (stored.length >= server.room) return [{ ...NO_ROOM, index } as mongo.WriteError];
        stored.push(document);
        return [];
      });
      if (writeErrors.length === 0) return Promise.resolve();
      const [{ errmsg: message = '', code } = NO_ROOM] = writeErrors;
      return Promise.reject(new mongo.MongoBulkWriteError({ message, code, writeErrors }, {} as never));
    },
    find: ({ _id: { $in } }: { readonly _id: { readonly $in: readonly number[] } }) => ({
      toArray: () =>
        server.isBroken
          ? Promise.reject(new mongo.MongoNetworkError('connection 1 closed'))
          : Promise.resolve(stored.filter(({ _id }) => $in.includes(_id))),
    }),
  };
  const counted = { value: 0, policies: 0 };
  const counters = {
    findOneAndUpdate: (_filter: unknown, { $inc }: { readonly $inc: typeof counted }) => {
      if (server.lacksCounters) return Promise.reject(new mongo.MongoServerError({ message: NO_ROOM.errmsg }));
      counted.value += $inc.value;
      counted.policies += $inc.policies;
      const isHeard = server.deafFor <= 0;
      server.deafFor -= 1;
      return isHeard
        ? Promise.resolve({ ...counted })
        : Promise.reject(new mongo.MongoNetworkError('connection 1 closed'));
    },
  };
  const hear = (_fields: unknown, message: string) => logged.push(message);
  const log = new CommitLog({
    collections: { commits, counters } as unknown as Collections,
    questions: new Questions(200),
    log: { error: hear, warn: hear, info: hear, debug: () => undefined },
    writer: 'w',
    now: () => server.ms,
  });
  return { log, server, stored, logged };
}

const draftOf = (change: Change): CommitDraft => ({
  appends: [{ changes: [change], events: ['{}'], resolve: () => undefined, reject: () => undefined }],
});
const draft = (id: string) => draftOf(thingChange(id, 1));
const kindsOf = async (log: CommitLog, ...drafts: readonly CommitDraft[]) => {
  const outcomes = await log.insert(drafts, await log.places(drafts));
  return drafts.map((each) => outcomes.get(each)?.kind);
};

describe('a full disk', () => {
  it('refuses at once what it has no room for, says so, and keeps what was written beside', async () => {
    const { log, server, stored } = open(1);
    const [first, second] = [draft('a:x'), draft('a:y')];
    const outcomes = await log.insert([first, second], await log.places([first, second]));
    expect(outcomes.get(first)).toMatchObject({ kind: 'committed', commit: { _id: 1 } });
    const refused = outcomes.get(second);
    if (refused?.kind !== 'refused') throw new Error(`it is ${String(refused?.kind)}`);
    expect(refused.error).toBeInstanceOf(StoreUnavailable);
    expect(refused.error.message).toContain('the disk of MongoDB is full');
    expect([server.inserts, stored.map(({ _id }) => _id)]).toEqual([1, [1]]);
  });

  it('takes commits again when there is room, and tells both once', async () => {
    const { log, server, logged } = open(0);
    expect(log.lacksSpace).toBe(false);
    expect(await kindsOf(log, draft('a:x'))).toEqual(['refused']);
    expect(await kindsOf(log, draft('a:x'))).toEqual(['refused']);
    // For a small one there may be room, now and then.
    server.room = 1;
    expect(await kindsOf(log, draft('a:x'))).toEqual(['committed']);
    expect(await kindsOf(log, draft('a:y'))).toEqual(['refused']);
    expect(log.lacksSpace).toBe(true);
    server.room = 3;
    server.ms = 10_000;
    expect(await kindsOf(log, draft('a:y'))).toEqual(['committed']);
    expect(await kindsOf(log, draft('a:z'))).toEqual(['committed']);
    expect(log.lacksSpace).toBe(false);
    expect(logged).toEqual([
      'the disk of MongoDB is full, so writes are refused until somebody makes room on it',
      'MongoDB has room again; writes are taken',
    ]);
  });

  it('is told, too, when what is refused first has a key that is taken', async () => {
    const { log } = open(1);
    expect(await kindsOf(log, draft('a:x'))).toEqual(['committed']);
    expect(await kindsOf(log, draft('a:x'), draft('a:y'))).toEqual(['refused', 'refused']);
  });

  it('is told, too, when there is no room to take positions', async () => {
    const { log, server, logged } = open(1);
    server.lacksCounters = true;
    await expect(log.places([draft('a:x')])).rejects.toThrow('the disk of MongoDB is full');
    expect(logged).toHaveLength(1);
  });

  it('tries again what was sent once before: it may be in the log', async () => {
    const { log, server, stored } = open(0);
    server.isBroken = true;
    const inserted = kindsOf(log, draft('a:x'));
    const tries = (count: number) => until(() => server.inserts >= count, 5_000);
    await tries(1);
    server.isBroken = false;
    await tries(2);
    server.room = 1;
    expect(await inserted).toEqual(['committed']);
    expect([server.inserts, stored.length]).toEqual([3, 1]);
  });
});

describe('places that were taken for more than is written', () => {
  it('are filled, so that nobody waits for them', async () => {
    const { log, stored } = open(2);
    const [first, second, third] = [draft('a:x'), draft('a:y'), draft('a:z')];
    const outcomes = await log.insert([first], await log.places([first, second, third]));
    expect(outcomes.get(first)?.kind).toBe('committed');
    expect(stored.map(({ first: from, _id, events }) => [from, _id, events.length])).toEqual([
      [2, 3, 0],
      [1, 1, 1],
    ]);
  });

  it('are left to readers when there is no room for that', async () => {
    const { log, server, stored, logged } = open(0);
    const [first, second] = [draft('a:x'), draft('a:y')];
    const places = await log.places([first, second]);
    expect((await log.insert([first], places)).get(first)?.kind).toBe('refused');
    expect(await log.insert([], await log.places([second]))).toEqual(new Map());
    expect([server.inserts, stored, logged.length]).toEqual([3, [], 1]);
  });
});

describe('the generation of policies', () => {
  const policy = (revision = 1) => draftOf(policyChange('a:p', revision));
  /** As the next writer is told, of things: what memory has must be the same for it to be decided on. */
  const told = async (log: CommitLog) => (await log.places([draft('a:x')])).generation;

  it('is raised before the commit that changes one is in the log, also by a writer that dies then', async () => {
    const { log, stored } = open(1);
    const { generation, ownPolicies } = await log.places([policy(), draft('a:y')]);
    expect([generation, ownPolicies, await told(log), stored]).toEqual([1, 1, 1, []]);
  });

  it('stays raised by a commit for which there was no room, and is raised again by the one that repeats it', async () => {
    const { log, server } = open(0);
    expect(await kindsOf(log, policy())).toEqual(['refused']);
    expect(await told(log)).toBe(1);
    server.room = 1;
    expect(await kindsOf(log, policy())).toEqual(['committed']);
    expect(await told(log)).toBe(2);
  });

  it('is raised by what was written though the answer was that there is no room', async () => {
    const { log } = open(1);
    expect(await kindsOf(log, policy(), draft('a:y'))).toEqual(['committed', 'refused']);
    expect(await told(log)).toBe(1);
  });

  it('is raised twice, not never, when the answer of the counter was lost', async () => {
    const { log, server } = open(1);
    server.deafFor = 1;
    const places = await log.places([policy()]);
    expect(places).toEqual({ first: 2, last: 2, generation: 2, ownPolicies: 1 });
    expect(await told(log)).toBe(2);
  });

  it('is raised again when the commit has to go behind what was seen meanwhile', async () => {
    const { log, stored } = open(3);
    const late = policy();
    const places = await log.places([late]);
    // Somebody who reads has waited for a second.
    stored.push({ _id: 1, first: 1, writer: '', keys: ['gap/1'], events: [] });
    expect(await told(log)).toBe(1);
    const outcome = (await log.insert([late], places)).get(late);
    expect(outcome).toMatchObject({ kind: 'committed', commit: { _id: 3 } });
    expect(await told(log)).toBe(2);
  });
});
