import { mkdtemp, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseThingId } from '@gemel/model/ids';
import { openDatabase } from '@gemel/sqlite';
import { thingChange } from '@gemel/testkit/contracts';
import { openEmbeddedStore } from './index.js';
import { DataDamaged, DataFromNewerVersion, prepareSchema } from './schema.js';

const LOG = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-schema-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('openEmbeddedStore', () => {
  const reopen = () => openEmbeddedStore({ folder, log: LOG });
  const file = () => join(folder, 'twins.db');

  /** A closed store with a few things in it. */
  const stored = async () => {
    const store = await reopen();
    await store.append(Array.from({ length: 200 }, (_, index) => thingChange(`a:${String(index)}`, 1, { index })));
    await store.close();
  };

  /** Turns the file into what the version before event_places wrote. */
  const toFormat2 = async (more = '') => {
    const database = await openDatabase(file(), { durability: 'full' });
    database.exec(`
      CREATE TABLE indexed (position INTEGER PRIMARY KEY, entity TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL,
        event TEXT NOT NULL, UNIQUE (entity, id, revision));
      INSERT INTO indexed SELECT position, entity, id, revision, event FROM events;
      DROP TABLE events;
      ALTER TABLE indexed RENAME TO events;
      DROP TABLE event_places;
      PRAGMA user_version = 2;
      ${more};
      VACUUM`);
    database.close();
  };

  it('refuses a file that is no database, and leaves it as it is', async () => {
    const letter = 'this is somebody’s letter, not a database. '.repeat(200);
    await writeFile(file(), letter);
    await expect(reopen()).rejects.toThrow('twins.db');
    expect(await readFile(file(), 'utf8')).toBe(letter);
  });

  it('refuses a file whose beginning is overwritten', async () => {
    await stored();
    const handle = await open(file(), 'r+');
    await handle.write(Buffer.alloc(4_096, 0x5a), 0, 4_096, 0);
    await handle.close();
    await expect(reopen()).rejects.toThrow('twins.db');
  });

  it.each([
    ['of our version', 'CREATE TABLE events (x); PRAGMA user_version = 1;'],
    ['without a version', 'CREATE TABLE letters (x);'],
  ])('refuses a database of somebody else, %s', async (_name, sql) => {
    const database = await openDatabase(file(), { durability: 'full' });
    database.exec(sql);
    database.close();
    await expect(reopen()).rejects.toThrow(DataDamaged);
  });

  it.each(['events', 'event_places', 'things_written'])('refuses a file without its %s', async (table) => {
    await stored();
    const database = await openDatabase(file(), { durability: 'full' });
    database.exec(`DROP TABLE ${table}`);
    database.close();
    await expect(reopen()).rejects.toThrow(DataDamaged);
  });

  it('refuses the file of a newer version, and leaves it as it is', async () => {
    await stored();
    const database = await openDatabase(file(), { durability: 'full' });
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(reopen()).rejects.toThrow(DataFromNewerVersion);
    const again = await openDatabase(file(), { durability: 'full' });
    expect(again.prepare('SELECT count(*) AS count FROM events').get()).toMatchObject({ count: 200 });
    again.close();
  });

  it('takes over the file of the version in which events were found by an index', async () => {
    const store = await reopen();
    await store.append(Array.from({ length: 600 }, (_, index) => thingChange('a:x', index + 1)));
    await store.append([thingChange('a:y', 1), thingChange('a:x', 601)]);
    const { events } = await store.documents.logPage(0, 1_000);
    await store.close();
    await toFormat2();
    const again = await reopen();
    const history = await again.history('thing', 'a:x', { from: 250, to: 520 });
    expect(history.map(({ event }) => event.revision)).toEqual(Array.from({ length: 271 }, (_, index) => 250 + index));
    expect(await again.history('thing', 'a:x', { from: 601, to: 700 })).toMatchObject([{ position: 602 }]);
    expect(await again.documents.logPage(0, 1_000)).toEqual({ events, faults: [], next: undefined });
    await again.append([thingChange('a:x', 602)]);
    await again.close();
  });

  it('leaves a file of an older version as it is when there is no room for the newer one', async () => {
    await stored();
    await toFormat2();
    const database = await openDatabase(file(), { durability: 'full' });
    const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
    database.exec(`PRAGMA max_page_count = ${String(pages)}`);
    expect(() => {
      prepareSchema(database, file(), LOG);
    }).toThrow(/twins\.db cannot be used: the disk is full/);
    expect(database.prepare('SELECT count(*) AS count FROM events').get()).toMatchObject({ count: 200 });
    database.close();
    const store = await reopen();
    expect(await store.end()).toBe(200);
    await store.close();
  });

  it('takes over the file of the version in which states were written with their events', async () => {
    await stored();
    await toFormat2('DROP TABLE things_written; PRAGMA user_version = 1');
    const store = await reopen();
    expect(await store.documents.written()).toBe(200);
    await store.append([thingChange('a:7', 2, { index: 8 })]);
    await store.close();
    const again = await reopen();
    expect(await again.thing(parseThingId('a:7'))).toMatchObject({ revision: 2, thing: { attributes: { index: 8 } } });
    await again.close();
  });

  it('needs the one file only after a clean close', async () => {
    await stored();
    // SQLite may take its own away a little after it has closed.
    for (const name of await readdir(folder)) if (name !== 'twins.db') await rm(join(folder, name), { force: true });
    const store = await reopen();
    expect(await store.end()).toBe(200);
    await store.close();
  });

  it('takes an empty file for a new store', async () => {
    await writeFile(file(), '');
    const store = await reopen();
    expect(await store.end()).toBe(0);
    await store.close();
  });
});
