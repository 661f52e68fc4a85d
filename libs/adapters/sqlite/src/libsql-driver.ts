import Libsql from 'libsql';
import LibsqlBeside from 'libsql/promise';
import { checkedStatement } from './checked-statement.js';
import type { Database, Statement } from './database.js';

const CHECKPOINT = 'PRAGMA wal_checkpoint(PASSIVE)';

/** The part of libsql's other class that is used: it works in threads of its own. */
interface BesideDatabase {
  exec(sql: string): Promise<unknown>;
  close(): void;
}

/** SQLite through libsql, which ships its binary inside its npm package. */
export function openLibsql(file: string): Database {
  const database = new Libsql(file);
  let beside: BesideDatabase | undefined;
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => statementOf(database.prepare(sql)),
    bringHome: async () => {
      beside ??= parseBeside(new LibsqlBeside(file, {}));
      await beside.exec(CHECKPOINT);
      // The little that was committed meanwhile: SQLite begins the write-ahead file anew when nothing in it is left.
      database.exec(CHECKPOINT);
    },
    close: () => {
      beside?.close();
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

function parseBeside(database: unknown): BesideDatabase {
  return database as BesideDatabase;
}
