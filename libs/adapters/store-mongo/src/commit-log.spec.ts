import { StoreUnavailable } from '@gemel/application/ports';
import { thingChange, until } from '@gemel/testkit/contracts';
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
  const server = { room, isBroken: false, inserts: 0, ms: 0 };
  const stored: CommitDocument[] = [];
  const logged: string[] = [];
  let position = 0;
  const commits = {
    insertMany: (documents: readonly CommitDocument[]) => {
      server.inserts += 1;
      if (server.isBroken) return Promise.reject(new mongo.MongoNetworkError('connection 1 closed'));
      const writeErrors = documents.flatMap((document, index) => {
        if (stored.some(({ keys }) => keys[0] === document.keys[0])) return [{ ...TAKEN, index } as mongo.WriteError];
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
  const counters = {
    findOneAndUpdate: (_filter: unknown, { $inc }: { readonly $inc: { readonly value: number } }) =>
      Promise.resolve({ value: (position += $inc.value) }),
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

const draft = (id: string): CommitDraft => ({
  appends: [{ changes: [thingChange(id, 1)], events: ['{}'], resolve: () => undefined, reject: () => undefined }],
});
const kindsOf = async (log: CommitLog, ...drafts: readonly CommitDraft[]) => {
  const outcomes = await log.insert(drafts);
  return drafts.map((each) => outcomes.get(each)?.kind);
};

describe('a full disk', () => {
  it('refuses at once what it has no room for, says so, and keeps what was written beside', async () => {
    const { log, server, stored } = open(1);
    const [first, second] = [draft('a:x'), draft('a:y')];
    const outcomes = await log.insert([first, second]);
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
