import Libsql from 'libsql';
import { checkedStatement } from './checked-statement.js';
import type { Database, Statement } from './database.js';

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

/** Parameters go as one array: libsql takes a lone null for an object of named ones. */
function statementOf(statement: Libsql.Statement): Statement {
  return checkedStatement({
    run: (parameters) => statement.run(parameters),
    get: (parameters) => statement.get(parameters),
    all: (parameters) => statement.all(parameters),
    iterate: (parameters) => statement.iterate(parameters),
  });
}
