import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RevisionConflict, StoreUnavailable } from '@gemel/application/ports';
import type { Change } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { openDatabase } from '@gemel/sqlite';
import type { Database } from '@gemel/sqlite';
import { namesOf, readAll, thingChange } from '@gemel/testkit/contracts';
import { EmbeddedStore } from './embedded-store.js';
import { prepareSchema } from './schema.js';

let folder: string;
let database: Database;
let store: EmbeddedStore;
let logged: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-commit-'));
  database = await openDatabase(join(folder, 'twins.db'), { durability: 'full' });
  logged = [];
  const line = (level: string) => () => logged.push(level);
  const log = { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') };
  prepareSchema(database, folder, log);
  store = new EmbeddedStore(database, { folder, log });
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const LARGE = { text: 'x'.repeat(50_000) };

/** As if the disk had no room left. */
function fillDisk(): void {
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  database.exec(`PRAGMA max_page_count = ${String(pages)}`);
}

function makeRoom(): void {
  database.exec('PRAGMA max_page_count = 1000000');
}

describe('a full disk', () => {
  it('refuses writes without effect, lets reads go on, and heals itself', async () => {
    await store.append([thingChange('a:x', 1, { n: 1 })]);
    const before = await readAll(store);
    fillDisk();
    const appends = [thingChange('a:y', 1, LARGE), thingChange('a:x', 2, LARGE), thingChange('a:z', 1, LARGE)];
    const settled = await Promise.allSettled(appends.map((change) => store.append([change])));
    for (const result of settled) expect(result).toMatchObject({ reason: expect.any(StoreUnavailable) as unknown });

    expect(await readAll(store)).toEqual(before);
    expect(await store.end()).toBe(before.at(-1)?.position);
    expect((await store.thing(parseThingId('a:x')))?.revision).toBe(1);
    expect(await store.thing(parseThingId('a:y'))).toBeUndefined();
    expect(await store.count({ view: ({ thing }) => thing })).toBe(1);

    expect(await store.state()).toEqual({ name: 'store', status: 'DEGRADED', reason: 'the disk is full' });
    makeRoom();
    for (const change of appends) await store.append([change]);
    expect(namesOf(await readAll(store))).toEqual(['a:x#1', 'a:y#1', 'a:x#2', 'a:z#1']);
    expect(await store.count({ view: ({ thing }) => thing })).toBe(3);
  });

  it('is told once, and its end once, whatever is refused in between', async () => {
    await store.append([thingChange('a:x', 1)]);
    fillDisk();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(store.append([thingChange('a:y', 1, LARGE)])).rejects.toThrow(StoreUnavailable);
      await expect(store.append([thingChange('a:x', 1)])).rejects.toThrow(RevisionConflict);
    }
    makeRoom();
    await store.append([thingChange('a:y', 1, LARGE)]);
    await store.append([thingChange('a:y', 2)]);
    expect(logged).toEqual(['error', 'warn']);
  });

  it('is over for who asks as soon as there is room, without anybody writing', async () => {
    fillDisk();
    await expect(store.append([thingChange('a:y', 1, LARGE)])).rejects.toThrow(StoreUnavailable);
    expect(await store.state()).toMatchObject({ status: 'DEGRADED' });
    makeRoom();
    expect(await store.state()).toEqual({ name: 'store', status: 'UP' });
    expect(logged).toEqual(['error', 'warn']);
    expect(await readAll(store)).toEqual([]);
  });

  it('is no other fault: whether reads go on with one, nobody knows', async () => {
    database.exec('PRAGMA query_only = ON');
    await expect(store.append([thingChange('a:x', 1)])).rejects.toThrow(StoreUnavailable);
    expect(await store.state()).toEqual({ name: 'store', status: 'DOWN', reason: 'the file is read-only' });
    database.exec('PRAGMA query_only = OFF');
    expect(await store.state()).toEqual({ name: 'store', status: 'UP' });
  });

  it('tells no listener of what was not written', async () => {
    const heard: string[] = [];
    store.onCommit((events) => heard.push(...namesOf(events)));
    fillDisk();
    await expect(store.append([thingChange('a:x', 1, LARGE)])).rejects.toThrow(StoreUnavailable);
    makeRoom();
    await store.append([thingChange('a:x', 1)]);
    expect(heard).toEqual(['a:x#1']);
  });
});

describe('the numbers of the store', () => {
  const read = async (name: string) => store.meters.find((meter) => meter.name === name)?.read();

  it('tell commits, how large they are, and what was refused', async () => {
    await Promise.all([store.append([thingChange('a:x', 1)]), store.append([thingChange('a:y', 1)])]);
    await expect(store.append([thingChange('a:x', 1)])).rejects.toThrow(RevisionConflict);
    expect(await read('gemel_commits_total')).toBe(1);
    expect(await read('gemel_commit_events_total')).toBe(2);
    expect(await read('gemel_commit_refusals_total')).toEqual([
      { labels: { reason: 'conflict' }, value: 1 },
      { labels: { reason: 'unavailable' }, value: 0 },
    ]);
  });

  it('tell what is in memory', async () => {
    await store.append([thingChange('a:x', 1)]);
    await store.thing(parseThingId('a:x'));
    const things = (value: unknown) => expect.arrayContaining([{ labels: { cache: 'things' }, value }]) as unknown;
    expect(await read('gemel_cache_entries')).toEqual(things(1));
    expect(await read('gemel_cache_hits_total')).toEqual(things(1));
    expect(await read('gemel_cache_bytes')).toEqual(things(expect.any(Number)));
  });
});

describe('a change that cannot be stored', () => {
  const good = thingChange('a:good', 1);
  const other = thingChange('a:x', 1);
  const bad: Change = { ...other, state: { ...other.state, modified: Number.NaN } };

  it('refuses only its own append', async () => {
    const settled = await Promise.allSettled([
      store.append([good]),
      store.append([thingChange('a:with-it', 1), bad]),
      store.append([thingChange('a:good', 2)]),
    ]);
    expect(settled).toMatchObject([
      { status: 'fulfilled' },
      { reason: expect.any(TypeError) as unknown },
      { status: 'fulfilled' },
    ]);
    expect(namesOf(await readAll(store))).toEqual(['a:good#1', 'a:good#2']);
    expect(logged).toEqual([]);
  });
});

describe('close', () => {
  it('writes what is queued and takes nothing more', async () => {
    const queued = store.append([thingChange('a:x', 1)]);
    await store.close();
    await queued;
    await expect(store.append([thingChange('a:x', 2)])).rejects.toThrow(StoreUnavailable);
    database = await openDatabase(join(folder, 'twins.db'), { durability: 'full' });
    store = new EmbeddedStore(database, { folder, log: { error: fail, warn: fail, info: fail, debug: fail } });
    expect(namesOf(await readAll(store))).toEqual(['a:x#1']);
  });
});

function fail(): never {
  throw new Error('nothing to log');
}
