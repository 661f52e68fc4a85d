import Libsql from 'libsql';
import { checkBindable } from './database.js';
import type { Database, Row, Statement } from './database.js';

/** SQLite through libsql, which ships its binary inside its npm package. */
export function openLibsql(file: string): Database {
  const database = new Libsql(file);
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => statementOf(database.prepare(sql)),
    close: () => {
      database.close();
    },
  };
}

// Parameters go as one array: libsql takes a lone null for an object of named ones.
function statementOf(statement: Libsql.Statement): Statement {
  return {
    run: (...parameters) => {
      checkBindable(parameters);
      statement.run([...parameters]);
    },
    get: (...parameters) => {
      checkBindable(parameters);
      return parseRow(statement.get([...parameters]));
    },
    all: (...parameters) => {
      checkBindable(parameters);
      return parseRows(statement.all([...parameters]));
    },
    iterate: (...parameters) => {
      checkBindable(parameters);
      return parseIterator(statement.iterate([...parameters]));
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
