import { thingChange } from '@gemel/testkit/contracts';
import { eventKey } from './entity-keys.js';
import { LogTail } from './log-tail.js';
import type { TailCommit } from './log-tail.js';

/** A log as others write it; the tail is asked for as the database would be. */
function open({ written = 0 } = {}) {
  const commits: TailCommit[] = [];
  const forgotten: (readonly string[] | 'all')[] = [];
  const state = { written, now: 0, asked: 0, writtenAsked: 0, fails: false };
  const tail = new LogTail({
    commits: {
      tail: async (position, except, limit) => {
        state.asked += 1;
        await Promise.resolve();
        if (state.fails) throw new Error('away');
        return commits
          .filter(({ _id }) => _id > position && !except.includes(_id))
          .sort((a, b) => a._id - b._id)
          .slice(0, limit);
      },
      eventsIn: (ids) =>
        Promise.resolve(
          commits
            .filter(({ _id }) => ids.includes(_id))
            .flatMap(({ keys }) =>
              keys
                .filter((key) => key.startsWith('thing'))
                .map((key) => thingChange(key.slice(6, -17), Number(key.slice(-16))).event),
            ),
        ),
    },
    written: () => {
      state.writtenAsked += 1;
      return Promise.resolve(state.written);
    },
    forget: (revisions) =>
      forgotten.push(
        revisions === 'all' ? 'all' : [...revisions].map(([key, revision]) => `${key}#${String(revision)}`),
      ),
    now: () => state.now,
  });
  const commit = (first: number, ...events: readonly (readonly [string, number])[]): TailCommit => {
    const keys = events.map(([id, revision]) => eventKey('thing', id, revision));
    const made = { _id: first + events.length - 1, first, keys: [...keys, 'guard/trees/0000000000000001'] };
    commits.push(made);
    return made;
  };
  const fill = (from: number, to: number) => {
    for (let position = from; position <= to; position += 1) commit(position, [`a:${String(position)}`, 1]);
  };
  return { tail, commit, fill, forgotten, state };
}

describe('LogTail', () => {
  it('knows the last revision of what was committed before it was asked', async () => {
    const { tail, commit } = open();
    commit(1, ['a:x', 1], ['a:y', 1]);
    commit(3, ['a:x', 2]);
    expect(tail.revisionOf('thing/a:x')).toBe(0);
    await tail.catchUp();
    expect([tail.revisionOf('thing/a:x'), tail.revisionOf('thing/a:y'), tail.revisionOf('thing/a:z')]).toEqual([
      2, 1, 0,
    ]);
    expect([...tail.keys]).toEqual(['thing/a:x', 'thing/a:y']);
  });

  it('begins where states are written', async () => {
    const { tail, commit } = open({ written: 2 });
    commit(1, ['a:x', 1], ['a:y', 1]);
    commit(3, ['a:x', 2]);
    await tail.catchUp();
    expect([tail.floor, ...tail.keys]).toEqual([2, 'thing/a:x']);
  });

  it('sees behind a gap what was committed there, and in the gap what comes late', async () => {
    const { tail, commit } = open();
    commit(1, ['a:x', 1]);
    commit(5, ['a:y', 1]);
    await tail.catchUp();
    expect(tail.revisionOf('thing/a:y')).toBe(1);
    commit(2, ['a:x', 2], ['a:z', 1], ['a:z', 2]);
    await tail.catchUp();
    expect([tail.revisionOf('thing/a:x'), tail.revisionOf('thing/a:z')]).toEqual([2, 2]);
  });

  it('shares a question among those who ask before it is asked, and none with who asks later', async () => {
    const { tail, commit, state } = open();
    await tail.catchUp();
    const first = [tail.catchUp(), tail.catchUp()];
    await new Promise((resolve) => setImmediate(resolve));
    // The question is under way: it may not see this.
    commit(1, ['a:x', 1]);
    const later = [tail.catchUp(), tail.catchUp()];
    await Promise.all([...first, ...later]);
    expect([state.asked, tail.revisionOf('thing/a:x')]).toEqual([3, 1]);
  });

  it('tells who asked that the store is away, and asks anew for who comes later', async () => {
    const { tail, commit, state } = open();
    state.fails = true;
    const asked = [tail.catchUp(), tail.catchUp()];
    const behind = new Promise((resolve) => setImmediate(resolve)).then(() => tail.catchUp());
    for (const each of [...asked, behind]) await expect(each).rejects.toThrow('away');
    state.fails = false;
    commit(1, ['a:x', 1]);
    await tail.catchUp();
    expect(tail.revisionOf('thing/a:x')).toBe(1);
  });

  it('gives the events after a revision of each, in order', async () => {
    const { tail, commit } = open();
    commit(1, ['a:x', 1], ['a:y', 1], ['a:x', 2]);
    commit(4, ['a:x', 3]);
    await tail.catchUp();
    const events = await tail.eventsAfter(
      new Map([
        ['thing/a:x', 1],
        ['thing/a:y', 1],
        ['thing/a:z', 0],
      ]),
    );
    expect([...events].map(([key, all]) => [key, ...all.map(({ revision }) => revision)])).toEqual([
      ['thing/a:x', 2, 3],
    ]);
  });

  it('forgets what is written, tells up to which revisions memory must be, and keeps what came later', async () => {
    const { tail, commit, forgotten } = open();
    commit(1, ['a:x', 1], ['a:y', 1]);
    commit(3, ['a:x', 2]);
    await tail.catchUp();
    forgotten.length = 0;
    tail.isWritten(2);
    expect([tail.floor, ...tail.keys]).toEqual([2, 'thing/a:x']);
    // Of what came later, too: whoever remembers it from before could not take it along.
    expect(forgotten).toEqual([['thing/a:x#1', 'thing/a:y#1']]);
    expect(
      (await tail.eventsAfter(new Map([['thing/a:x', 0]]))).get('thing/a:x')?.map(({ revision }) => revision),
    ).toEqual([2]);
  });

  it('forgets nothing that it has not seen itself', async () => {
    const { tail, commit, forgotten } = open();
    await tail.catchUp();
    commit(1, ['a:x', 1]);
    commit(2, ['a:x', 2]);
    forgotten.length = 0;
    // Another replica has written both states.
    tail.isWritten(2);
    expect(tail.floor).toBe(0);
    await tail.catchUp();
    expect(tail.revisionOf('thing/a:x')).toBe(2);
    tail.isWritten(2);
    expect(forgotten.flat()).toEqual(['thing/a:x#2']);
  });

  it('needs not be told of its own commits, but takes them up between those of others', async () => {
    const { tail, commit, state } = open();
    await tail.catchUp();
    tail.saw(commit(1, ['a:x', 1]));
    const own = commit(3, ['a:x', 3]);
    tail.saw(own);
    tail.saw(own);
    expect(tail.revisionOf('thing/a:x')).toBe(3);
    commit(2, ['a:x', 2]);
    await tail.catchUp();
    const events = await tail.eventsAfter(new Map([['thing/a:x', 0]]));
    expect(events.get('thing/a:x')?.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(state.asked).toBe(2);
  });

  it('asks now and then up to where states are written, when much is in it', async () => {
    const { tail, fill, state } = open();
    fill(1, 2_100);
    await tail.catchUp();
    const before = state.writtenAsked;
    state.now += 900;
    await tail.catchUp();
    expect(state.writtenAsked).toBe(before);
    state.written = 2_000;
    state.now += 200;
    await tail.catchUp();
    expect([tail.floor, [...tail.keys].length]).toEqual([2_000, 100]);
  });

  it('begins anew instead of reading all that it missed', async () => {
    const { tail, commit, fill, forgotten, state } = open();
    await tail.catchUp();
    fill(1, 23_000);
    tail.saw(commit(23_001, ['a:x', 2]));
    state.written = 22_500;
    forgotten.length = 0;
    await tail.catchUp();
    expect([tail.floor, [...tail.keys].length, tail.revisionOf('thing/a:x')]).toEqual([22_500, 501, 2]);
    expect(forgotten).toEqual(['all']);
    expect(state.asked).toBeLessThan(5);
  });

  it('begins anew when it has not looked for a minute and states were written that it has not seen', async () => {
    const { tail, fill, forgotten, state } = open();
    await tail.catchUp();
    fill(1, 5);
    state.written = 4;
    state.now += 60_001;
    forgotten.length = 0;
    await tail.catchUp();
    expect([tail.floor, ...tail.keys]).toEqual([4, 'thing/a:5']);
    state.now += 60_001;
    await tail.catchUp();
    expect(forgotten).toEqual(['all']);
  });
});
