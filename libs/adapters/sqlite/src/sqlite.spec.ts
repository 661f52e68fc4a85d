import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bindable, Database } from './index.js';
import { FolderInUse, inTransaction, lockFolder, openDatabase } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gemel-sqlite-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function withDatabase(use: (database: Database) => void): Promise<void> {
  const database = await openDatabase(join(folder, 'a.db'), { durability: 'full' });
  try {
    database.exec('CREATE TABLE t(x)');
    use(database);
  } finally {
    database.close();
  }
}

describe('openDatabase', () => {
  it('writes ahead and waits for the disk', () =>
    withDatabase((database) => {
      expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
      expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 });
    }));

  it.each<[string, Bindable]>([
    ['text', 'ä"b'],
    ['a number', 1.5],
    ['null', null],
  ])('stores %s', (_name, value) =>
    withDatabase((database) => {
      database.prepare('INSERT INTO t VALUES (?)').run(value);
      expect(database.prepare('SELECT x FROM t').get()?.['x']).toBe(value);
    }));

  it.each<[string, unknown]>([
    ['a boolean', true],
    ['an object', {}],
    ['undefined', undefined],
    ['NaN', NaN],
    ['infinity', Infinity],
  ])('refuses %s, which would end the process', (_name, value) =>
    withDatabase((database) => {
      const statement = database.prepare('INSERT INTO t VALUES (?)');
      expect(() => {
        statement.run(value as Bindable);
      }).toThrow(TypeError);
      expect(() => statement.get(value as Bindable)).toThrow(TypeError);
      expect(() => statement.all(value as Bindable)).toThrow(TypeError);
      expect(() => statement.iterate(value as Bindable)).toThrow(TypeError);
    }));
});

describe('inTransaction', () => {
  it('does all or nothing', () =>
    withDatabase((database) => {
      const insert = database.prepare('INSERT INTO t VALUES (?)');
      expect(() =>
        inTransaction(database, () => {
          insert.run(1);
          throw new Error('no');
        }),
      ).toThrow('no');
      inTransaction(database, () => {
        insert.run(2);
      });
      expect(database.prepare('SELECT x FROM t').all()).toEqual([expect.objectContaining({ x: 2 })]);
    }));
});

describe('lockFolder', () => {
  it('lets one owner in, and the next after a release', async () => {
    const first = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUse);
    first.release();
    const second = await lockFolder(folder);
    second.release();
  });
});
