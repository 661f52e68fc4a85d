import type { Bindable, Database, Statement } from './database.js';

/** Rows of one statement; the largest that fit come first. */
const SIZES = [64, 8, 1] as const;

/** Inserts rows, many at a time: a call into SQLite costs as much as the work that it asks for. */
export class RowInserts {
  readonly #statements: readonly { readonly size: number; readonly statement: Statement }[];
  readonly #columns: number;

  /** @param into as `INSERT INTO table`, without columns @param columns in the order of the values */
  constructor(database: Database, into: string, columns: readonly string[]) {
    this.#columns = columns.length;
    const row = `(${columns.map(() => '?').join(', ')})`;
    this.#statements = SIZES.map((size) => {
      const rows = Array<string>(size).fill(row).join(', ');
      return { size, statement: database.prepare(`${into} (${columns.join(', ')}) VALUES ${rows}`) };
    });
  }

  /** Inside a transaction. @param values row after row */
  insert(values: readonly Bindable[]): void {
    let begin = 0;
    for (const { size, statement } of this.#statements) {
      const length = size * this.#columns;
      for (; begin + length <= values.length; begin += length) statement.run(...values.slice(begin, begin + length));
    }
  }
}
