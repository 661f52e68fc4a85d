import { checkedStatement } from './checked-statement.js';
import type { Bindable, Database, OpenDriver, Statement } from './database.js';

/** The part of `node:sqlite` that is used; its types come with later versions of Node's. */
interface NodeStatement {
  run(...parameters: readonly Bindable[]): unknown;
  get(...parameters: readonly Bindable[]): unknown;
  all(...parameters: readonly Bindable[]): unknown;
  iterate(...parameters: readonly Bindable[]): unknown;
}
interface NodeDatabase {
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}
interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => NodeDatabase;
}

const MODULE = 'node:sqlite';

/** Node's own SQLite, half the CPU of libsql on batches; undefined where Node has none without a flag (before 22.13). */
export async function loadNodeSqlite(): Promise<OpenDriver | undefined> {
  const { isBuiltin } = await import('node:module');
  if (!isBuiltin(MODULE)) return undefined;
  try {
    const { DatabaseSync } = parseModule(await import(MODULE));
    return (file) => databaseOf(new DatabaseSync(file));
  } catch {
    // A Node that knows the module but wants a flag for it.
    return undefined;
  }
}

function databaseOf(database: NodeDatabase): Database {
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

function statementOf(statement: NodeStatement): Statement {
  return checkedStatement({
    run: (parameters) => statement.run(...parameters),
    get: (parameters) => statement.get(...parameters),
    all: (parameters) => statement.all(...parameters),
    iterate: (parameters) => statement.iterate(...parameters),
  });
}

function parseModule(module: unknown): NodeSqlite {
  return module as NodeSqlite;
}
