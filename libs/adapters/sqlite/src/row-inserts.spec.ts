import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RowInserts, openDatabase } from './index.js';
import type { Database } from './index.js';

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemel-rows-'));
  database = await openDatabase(join(folder, 'rows.db'), { durability: 'normal' });
  database.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY, name TEXT)');
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

describe('RowInserts', () => {
  const rows = () => database.prepare('SELECT n, name FROM numbers ORDER BY rowid').all();

  it.each([0, 1, 7, 8, 9, 63, 64, 65, 137, 200])('inserts %i rows, each as it is', (count) => {
    const numbers = Array.from({ length: count }, (_, n) => ({ n, name: `number ${String(n)}` }));
    new RowInserts(database, 'INSERT INTO numbers', ['n', 'name']).insert(numbers.flatMap(({ n, name }) => [n, name]));
    expect(rows()).toEqual(numbers);
  });

  it('does what the statement says of rows that are there already', () => {
    const twice = [1, 'one', 2, 'two', 1, 'eins'];
    expect(() => {
      new RowInserts(database, 'INSERT INTO numbers', ['n', 'name']).insert(twice);
    }).toThrow('UNIQUE');
    new RowInserts(database, 'INSERT OR REPLACE INTO numbers', ['n', 'name']).insert(twice);
    expect(rows()).toEqual([
      { n: 1, name: 'eins' },
      { n: 2, name: 'two' },
    ]);
  });
});
