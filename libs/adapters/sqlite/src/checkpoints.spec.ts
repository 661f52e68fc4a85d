import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Checkpoints, inTransaction } from './index.js';
import type { Database } from './index.js';
import { openLibsql } from './libsql-driver.js';

const PAGE = 4_096;

describe('checkpoints', () => {
  it('are made one at a time after so many rows, and tell nobody of a failure', async () => {
    const executed: string[] = [];
    const asked: (() => void)[] = [];
    let isFull = false;
    const database: Pick<Database, 'exec' | 'bringHome'> = {
      exec: (sql) => void executed.push(sql),
      bringHome: async () => {
        await new Promise<void>((resolve) => asked.push(resolve));
        if (isFull) throw new Error('the disk is full');
      },
    };
    const checkpoints = new Checkpoints(database);
    expect(executed).toEqual(['PRAGMA wal_autocheckpoint = 16000']);
    checkpoints.wrote(1_999);
    expect(asked).toHaveLength(0);
    checkpoints.wrote(1);
    checkpoints.wrote(5_000);
    expect(asked).toHaveLength(1);
    isFull = true;
    asked[0]?.();
    await checkpoints.settled();
    checkpoints.wrote(1);
    expect(asked).toHaveLength(2);
    let isSettled = false;
    const settled = checkpoints.settled().then(() => (isSettled = true));
    await nextTurn();
    expect(isSettled).toBe(false);
    asked[1]?.();
    await settled;
  });

  it('are left to commits where the driver cannot make them beside', () => {
    const executed: string[] = [];
    const checkpoints = new Checkpoints({ exec: (sql) => void executed.push(sql) });
    checkpoints.wrote(5_000);
    expect(executed).toEqual(['PRAGMA wal_autocheckpoint = 4000']);
  });

  it('bring home what is committed, so that the write-ahead file begins anew, while further commits are made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gemel-checkpoints-'));
    const file = join(folder, 'a.db');
    const database = openLibsql(file);
    try {
      database.exec('PRAGMA journal_mode=WAL');
      const checkpoints = new Checkpoints(database);
      database.exec('CREATE TABLE t(x INTEGER PRIMARY KEY, text TEXT)');
      const insert = database.prepare('INSERT OR REPLACE INTO t VALUES (?, ?)');
      const write = (mark: string, rows: number) => {
        inTransaction(database, () => {
          for (let row = 0; row < rows; row++) insert.run(row, mark.repeat(1_000));
        });
        checkpoints.wrote(rows);
      };
      for (const mark of 'abcdef') {
        write(mark, 2_000);
        await nextTurn();
        write(mark.toUpperCase(), 10);
        await checkpoints.settled();
      }
      const home = readFileSync(file).toString('latin1');
      expect([home.includes('f'.repeat(900)), home.includes('F'.repeat(900))]).toEqual([true, true]);
      // 2,000 rows are some 700 pages; six times as many are never there at once.
      expect(statSync(`${file}-wal`).size).toBeLessThan(3 * 700 * PAGE);
    } finally {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
