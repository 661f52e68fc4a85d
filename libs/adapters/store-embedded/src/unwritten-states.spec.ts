import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { openDatabase } from '@gemel/sqlite';
import type { Database } from '@gemel/sqlite';
import { policyChange, thingChange, thingDeletion } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';
import type { EmbeddedStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const MUCH = 1_000_000;

let folder: string;
let opened: (EmbeddedStore | Database)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-unwritten-'));
  opened = [];
});
afterEach(async () => {
  for (const each of opened) await each.close();
  await rm(folder, { recursive: true });
});

function kept<Opened extends EmbeddedStore | Database>(each: Opened): Opened {
  opened.push(each);
  return each;
}

const open = async (unwritten = { events: MUCH, bytes: MUCH }, at = folder) =>
  kept(await openEmbeddedStore({ folder: at, unwritten, cacheBytes: 1, log: SILENT }));

const openRows = async (at = folder) => kept(await openDatabase(join(at, 'twins.db'), { durability: 'full' }));

/** Revisions as the rows have them. */
const rows = (database: Database) =>
  Object.fromEntries(
    database
      .prepare('SELECT id, revision FROM things')
      .all()
      .map((row) => [String(row['id']), row['revision']]),
  );

/** One event in each commit. */
async function change(store: EmbeddedStore, id: string, from: number, to = from) {
  for (let revision = from; revision <= to; revision++)
    await store.append([thingChange(id, revision, { revision, text: 'x'.repeat(500) })]);
}

/** The store as it is on the disk while the process is killed. */
async function afterKill(): Promise<EmbeddedStore> {
  const copy = join(folder, 'copy');
  for (const name of ['twins.db', 'twins.db-wal']) await cp(join(folder, name), join(copy, name));
  return open(undefined, copy);
}

const revisionOf = async (store: EmbeddedStore, id: string) => (await store.thing(parseThingId(id)))?.revision;

async function storedState(store: EmbeddedStore, id: string) {
  const state = await store.thing(parseThingId(id));
  if (state === undefined) throw new Error('the thing is not there');
  return state;
}

describe('a state that its row does not have yet', () => {
  it('is written with the first event, and then when the row has been behind for so many events', async () => {
    const store = await open({ events: 4, bytes: MUCH });
    const database = await openRows();
    await change(store, 'a:x', 1, 3);
    expect(rows(database)).toEqual({ 'a:x': 1 });
    // With the fourth event after that of revision 2 it has been behind for long enough.
    await change(store, 'a:y', 1, 3);
    expect(rows(database)).toEqual({ 'a:x': 1, 'a:y': 1 });
    await change(store, 'a:y', 4);
    expect(rows(database)).toEqual({ 'a:x': 3, 'a:y': 1 });
    expect(await revisionOf(store, 'a:x')).toBe(3);
    expect(await revisionOf(store, 'a:y')).toBe(4);
  });

  it('is written sooner when states take too much memory, those first that have waited for longest', async () => {
    const store = await open({ events: MUCH, bytes: 2_500 });
    const database = await openRows();
    for (const id of ['a:x', 'a:y', 'a:z']) await change(store, id, 1, 2);
    await change(store, 'a:new', 1);
    expect(rows(database)).toEqual({ 'a:x': 2, 'a:y': 1, 'a:z': 1, 'a:new': 1 });
  });

  it('is what readers get, wherever they look', async () => {
    const store = await open();
    await change(store, 'a:x', 1, 2);
    await change(store, 'a:gone', 1);
    await store.append([thingDeletion('a:gone', 2)]);
    const found = await store.find({ view: ({ thing }) => thing, sort: [], limit: 10 });
    expect(found.map(({ thing }) => thing.attributes?.['revision'])).toEqual([2]);
    expect(await store.count({ view: ({ thing }) => thing })).toBe(1);
    expect(await store.thing(parseThingId('a:gone'))).toMatchObject({ deleted: true });
  });

  it('is in its row after a close', async () => {
    await (await open()).close();
    const store = await openEmbeddedStore({ folder, log: SILENT });
    await change(store, 'a:x', 1, 5);
    await store.close();
    expect(rows(await openRows())).toEqual({ 'a:x': 5 });
  });

  it('follows from the log when the process was killed', async () => {
    const store = await open({ events: 5, bytes: MUCH });
    await change(store, 'a:x', 1, 4);
    await change(store, 'a:y', 1, 30);
    await store.append([thingChange('a:z', 1), thingChange('a:x', 5)]);
    await store.append([thingDeletion('a:z', 2)]);
    const after = await afterKill();
    for (const id of ['a:x', 'a:y', 'a:z'].map((each) => parseThingId(each)))
      expect(await after.thing(id)).toEqual(await store.thing(id));
    expect(await after.documents.written()).toBe(await after.end());
    await change(after, 'a:y', 31);
  });

  it('follows from the log, whatever has become of events of policies in it', async () => {
    const store = await open();
    await store.append([thingChange('a:x', 1), policyChange('a:x', 1)]);
    await change(store, 'a:x', 2);
    (await openRows()).exec("UPDATE events SET event = '{' WHERE entity = 'policy'");
    const after = await afterKill();
    expect(await revisionOf(after, 'a:x')).toBe(2);
    expect((await after.documents.logPage(0, 10)).faults).toEqual([
      { position: 2, detail: 'the event cannot be read' },
    ]);
  });

  it('leaves no event out of the history of its thing', async () => {
    const store = await open({ events: 300, bytes: MUCH });
    const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const history = async (of: EmbeddedStore, from: number, to: number) =>
      (await of.history('thing', 'a:x', { from, to })).map(({ event }) => event.revision);
    await store.append(numbers(1, 280).map((revision) => thingChange('a:x', revision)));
    expect(await history(store, 1, 500)).toEqual(numbers(1, 280));
    // Two places and what is not yet placed.
    for (const revision of numbers(281, 700)) await store.append([thingChange('a:x', revision)]);
    await store.append([thingChange('a:y', 1)]);
    for (const [from, to] of [
      [1, 700],
      [250, 520],
      [699, 700],
      [2, 2],
    ] as const) {
      expect(await history(store, from, to)).toEqual(numbers(from, to));
      expect(await history(await afterKill(), from, to)).toEqual(numbers(from, to));
    }
  });

  it('is written before the events go that it follows from', async () => {
    const store = await open();
    await change(store, 'a:x', 1, 4);
    const state = await storedState(store, 'a:x');
    await change(store, 'a:y', 1);
    await store.archive.forget([{ entity: 'thing', id: parseThingId('a:x'), state }]);
    expect(await revisionOf(await afterKill(), 'a:x')).toBe(4);
    await change(store, 'a:x', 5, 6);
    store.writeStates();
    expect((await store.history('thing', 'a:x', { from: 1, to: 9 })).map(({ event }) => event.revision)).toEqual([
      5, 6,
    ]);
  });

  it('is still to be written when the commit that would have written it failed', async () => {
    const store = await open({ events: 1, bytes: MUCH });
    const database = await openRows();
    await change(store, 'a:x', 1, 2);
    await change(store, 'a:y', 1);
    database.exec('BEGIN IMMEDIATE');
    await expect(change(store, 'a:y', 2)).rejects.toThrow(StoreUnavailable);
    database.exec('ROLLBACK');
    expect(rows(database)).toEqual({ 'a:x': 1, 'a:y': 1 });
    await change(store, 'a:y', 2);
    expect(rows(database)).toEqual({ 'a:x': 2, 'a:y': 1 });
  });

  it('refuses only its own append when it can never be written', async () => {
    const store = await open({ events: 1, bytes: MUCH });
    await change(store, 'a:x', 1);
    const bad = thingChange('a:x', 2);
    await expect(store.append([{ ...bad, state: { ...bad.state, modified: Number.NaN } }])).rejects.toThrow(TypeError);
    await change(store, 'a:x', 2, 5);
    expect(rows(await openRows())).toEqual({ 'a:x': 3 });
  });
});

describe('the check of documents', () => {
  it('knows up to where rows are written', async () => {
    const store = await open();
    await change(store, 'a:x', 1, 2);
    await change(store, 'a:y', 1);
    expect(await store.documents.written()).toBe(1);
    store.writeStates();
    expect(await store.documents.written()).toBe(3);
  });

  it('writes nothing over what has changed meanwhile', async () => {
    const store = await open();
    await change(store, 'a:x', 1, 2);
    const state = await storedState(store, 'a:x');
    await change(store, 'a:x', 3);
    await store.documents.rewrite({ entity: 'thing', id: parseThingId('a:x'), state }, 1);
    expect(await revisionOf(store, 'a:x')).toBe(3);
  });

  it('leaves what is in memory as it is when it cannot write', async () => {
    const store = await open();
    await change(store, 'a:x', 1, 2);
    const state = await storedState(store, 'a:x');
    const bad = { entity: 'thing', id: parseThingId('a:x'), state: { ...state, modified: Number.NaN } } as const;
    await expect(store.documents.rewrite(bad, 1)).rejects.toThrow(TypeError);
    expect(await store.thing(parseThingId('a:x'))).toEqual(state);
    await store.documents.rewrite({ ...bad, state }, 1);
    expect(await store.documents.written()).toBe(await store.end());
  });
});
