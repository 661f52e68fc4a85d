import { checkBindable } from './database.js';
import type { Bindable, Row, Statement } from './database.js';

/** A driver's own statement: takes the parameters as one list, and answers what it likes. */
export interface DriverStatement {
  run(parameters: readonly Bindable[]): unknown;
  get(parameters: readonly Bindable[]): unknown;
  all(parameters: readonly Bindable[]): unknown;
  iterate(parameters: readonly Bindable[]): unknown;
}

/** Lets nothing reach the driver that it cannot bind, and types its rows. */
export function checkedStatement(statement: DriverStatement): Statement {
  return {
    run: (...parameters) => {
      checkBindable(parameters);
      statement.run(parameters);
    },
    get: (...parameters) => {
      checkBindable(parameters);
      return parseRow(statement.get(parameters));
    },
    all: (...parameters) => {
      checkBindable(parameters);
      return parseRows(statement.all(parameters));
    },
    iterate: (...parameters) => {
      checkBindable(parameters);
      return parseIterator(statement.iterate(parameters));
    },
  };
}

function parseRow(row: unknown): Row | undefined {
  return row as Row | undefined;
}

function parseRows(rows: unknown): readonly Row[] {
  return rows as readonly Row[];
}

function parseIterator(rows: unknown): IterableIterator<Row> {
  return rows as IterableIterator<Row>;
}
