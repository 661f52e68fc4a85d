import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bindable, Database } from './index.js';
import {
  DatabaseUnusable,
  FolderInUse,
  FolderUnusable,
  inTransaction,
  lockFolder,
  openDatabase,
  storageFault,
} from './index.js';

/** Another process with another build of the same lock. */
const OWNER = `
  import Libsql from ${JSON.stringify(createRequire(import.meta.url).resolve('libsql'))};
  new Libsql(process.argv[1] + '/lock.db').exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;');
  console.log('locked');
  setInterval(() => {}, 1_000);`;

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
    }),
  );

  it('stores big integers and bytes', () =>
    withDatabase((database) => {
      const insert = database.prepare('INSERT INTO t VALUES (?)');
      insert.run(2n ** 40n);
      insert.run(new Uint8Array([0, 1, 255]));
      insert.run(Buffer.from('ä'));
      const [big, bytes, buffer] = database.prepare('SELECT x FROM t').all();
      expect(big?.['x']).toBe(2 ** 40);
      expect([bytes?.['x'], buffer?.['x']].map((value) => [...Buffer.from(value as Uint8Array)])).toEqual([
        [0, 1, 255],
        [0xc3, 0xa4],
      ]);
    }));

  it('gives rows one by one', () =>
    withDatabase((database) => {
      const insert = database.prepare('INSERT INTO t VALUES (?)');
      for (let n = 0; n < 250; n++) insert.run(n);
      const rows = database.prepare('SELECT x FROM t WHERE x >= ? ORDER BY x').iterate(50);
      expect(Array.from(rows, (row) => row['x'])).toEqual(Array.from({ length: 200 }, (_, index) => index + 50));
      expect([...database.prepare('SELECT x FROM t WHERE x > ?').iterate(1_000)]).toEqual([]);
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
    }),
  );
});

describe('a file that cannot be used', () => {
  const open = (file: string) => openDatabase(file, { durability: 'full' });

  it('is named, and what to do with it', async () => {
    const file = join(folder, 'a.db');
    writeFileSync(file, 'no database'.repeat(1_000));
    await expect(open(file)).rejects.toThrow(DatabaseUnusable);
    await expect(open(file)).rejects.toThrow(`${file} cannot be used: the file is not a database. Restore it`);
  });

  it('may lie in a folder that is not there', async () => {
    const file = join(folder, 'none', 'a.db');
    await expect(open(file)).rejects.toThrow(
      `${file} cannot be used: the file cannot be opened. Check that the folder`,
    );
  });
});

describe('storageFault', () => {
  function failure(work: () => void): unknown {
    try {
      work();
    } catch (error) {
      return error;
    }
    return undefined;
  }

  it('tells a full disk, and there is room again later', () =>
    withDatabase((database) => {
      const insert = database.prepare('INSERT INTO t VALUES (?)');
      const fill = () => {
        inTransaction(database, () => {
          insert.run('x'.repeat(100_000));
        });
      };
      database.exec('PRAGMA max_page_count = 3');
      expect(storageFault(failure(fill))?.kind).toBe('full');
      expect(database.prepare('SELECT x FROM t').all()).toEqual([]);
      database.exec('PRAGMA max_page_count = 1000');
      expect(failure(fill)).toBeUndefined();
    }));

  it('tells a file that somebody else writes', async () => {
    await withDatabase((database) => database.exec('BEGIN IMMEDIATE'));
    const [first, second] = await Promise.all(
      [1, 2].map(() => openDatabase(join(folder, 'a.db'), { durability: 'full' })),
    );
    first?.exec('BEGIN IMMEDIATE');
    expect(storageFault(failure(() => second?.exec('BEGIN IMMEDIATE')))?.kind).toBe('busy');
    first?.close();
    second?.close();
  });

  it('knows the codes of Node’s own SQLite, extended ones too', () => {
    const full = Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    const fsync = Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode: 10 | (4 << 8) });
    expect([storageFault(full)?.kind, storageFault(fsync)?.kind]).toEqual(['full', 'disk']);
  });

  it('does not take mistakes for faults', () =>
    withDatabase((database) => {
      expect(storageFault(failure(() => database.prepare('SELECT nothing')))).toBeUndefined();
      database.exec('CREATE UNIQUE INDEX once ON t (x)');
      const insert = database.prepare('INSERT INTO t VALUES (1)');
      insert.run();
      const twice = failure(() => {
        insert.run();
      });
      expect(twice).toHaveProperty('message', expect.stringContaining('UNIQUE'));
      expect([twice, new TypeError('x'), 'x', undefined].map(storageFault)).toEqual(Array(4).fill(undefined));
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

  it('keeps other processes out until the owner is gone, however it went', async () => {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(owner, 'exit');
    await once(owner.stdout, 'data');
    await expect(lockFolder(folder)).rejects.toThrow(`The data folder ${folder} is in use by another process.`);
    owner.kill('SIGKILL');
    await exit;
    const next = await lockFolder(folder);
    next.release();
  });

  it('makes the folder, and says so when it cannot', async () => {
    const inner = join(folder, 'a', 'b');
    const lock = await lockFolder(inner);
    lock.release();
    writeFileSync(join(folder, 'file'), '');
    await expect(lockFolder(join(folder, 'file', 'c'))).rejects.toThrow(FolderUnusable);
  });
});
