import type { Database } from '@gemel/sqlite';

/** Counts up with each change of the tables; a file with a higher one was written by a newer Gemel. */
const VERSION = 2;
/** Up to where no row of a thing is behind the log. */
const WRITTEN_TABLE = `CREATE TABLE things_written (position INTEGER NOT NULL);
    INSERT INTO things_written (position) VALUES (0);`;
const TABLES = ['events', 'things', 'policies'];

export class DataFromNewerVersion extends Error {
  constructor(file: string, version: number) {
    super(
      `${file} was written by a newer Gemel (format ${String(version)}, this one knows ${String(VERSION)}). Start that version, or use another data folder.`,
    );
  }
}

export class DataDamaged extends Error {
  constructor(file: string, cause: unknown) {
    super(
      `${file} cannot be read: it is damaged or no database of Gemel. Restore it from a backup, or use another data folder.`,
      { cause },
    );
  }
}

/**
 * events: the log, position by position. policies: the state after each one's last event, written with it. things: as policies, or
 * of an earlier event, of which things_written tells.
 * @throws DataFromNewerVersion, DataDamaged
 */
export function prepareSchema(database: Database, file: string): void {
  const { version, tables } = readFormat(database, file);
  if (version > VERSION) throw new DataFromNewerVersion(file, version);
  const isOurs = version === 0 ? tables.length === 0 : TABLES.every((table) => tables.includes(table));
  if (!isOurs) throw new DataDamaged(file, `tables: ${tables.join()}`);
  if (version === VERSION) return;
  if (version === 1) {
    upgrade(database);
    return;
  }
  database.exec(`
    BEGIN;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY,
      entity TEXT NOT NULL,
      id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      event TEXT NOT NULL,
      UNIQUE (entity, id, revision)
    );
    ${stateTable('things')}
    ${stateTable('policies')}
    ${WRITTEN_TABLE}
    PRAGMA user_version = ${String(VERSION)};
    COMMIT;`);
}

/** Before there was this table all rows were written with their events. */
function upgrade(database: Database): void {
  database.exec(`
    BEGIN;
    ${WRITTEN_TABLE}
    UPDATE things_written SET position = (SELECT coalesce(max(position), 0) FROM events);
    PRAGMA user_version = ${String(VERSION)};
    COMMIT;`);
}

function stateTable(name: string): string {
  return `CREATE TABLE ${name} (
      id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL,
      created INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      deleted INTEGER NOT NULL,
      content TEXT NOT NULL
    );`;
}

function readFormat(database: Database, file: string): { version: number; tables: readonly string[] } {
  try {
    const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return { version: Number(version), tables: tables.map(({ name }) => String(name)) };
  } catch (error) {
    throw new DataDamaged(file, error);
  }
}
