import type { Logger } from '@gemel/application/ports';
import { DatabaseUnusable, inTransaction } from '@gemel/sqlite';
import type { Database } from '@gemel/sqlite';

/** Counts up with each change of the tables; a file with a higher one was written by a newer Gemel. */
const VERSION = 3;
const EVENTS_TABLE = `CREATE TABLE events (
      position INTEGER PRIMARY KEY,
      entity TEXT NOT NULL,
      id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      event TEXT NOT NULL
    );`;
const PLACES_TABLE = `CREATE TABLE event_places (
      entity TEXT NOT NULL,
      id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      positions TEXT NOT NULL,
      PRIMARY KEY (entity, id, revision)
    ) WITHOUT ROWID;`;
/** Up to where no row of a thing is behind the log. */
const WRITTEN_TABLE = `CREATE TABLE things_written (position INTEGER NOT NULL);
    INSERT INTO things_written (position) VALUES (0);`;
/** With the format from which on each is there. */
const TABLES = { events: 1, things: 1, policies: 1, things_written: 2, event_places: 3 } as const;

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
 * events: the log, position by position. event_places: at which positions events of a thing or policy are, as a list, by the
 * revision of the last of them. policies: the state after each one's last event, written with it. things: as policies, or
 * of an earlier event, of which things_written tells.
 * @throws DataFromNewerVersion, DataDamaged, DatabaseUnusable
 */
export function prepareSchema(database: Database, file: string, log: Logger): void {
  const { version, tables } = readFormat(database, file);
  if (version > VERSION) throw new DataFromNewerVersion(file, version);
  const wanted = Object.entries(TABLES).flatMap(([table, since]) => (since <= version ? [table] : []));
  const isOurs = version === 0 ? tables.length === 0 : wanted.every((table) => tables.includes(table));
  if (!isOurs) throw new DataDamaged(file, `tables: ${tables.join()}`);
  if (version === VERSION) return;
  if (version > 0) {
    upgrade(database, { file, version, log });
    return;
  }
  database.exec(`
    BEGIN;
    ${EVENTS_TABLE}
    ${PLACES_TABLE}
    ${stateTable('things')}
    ${stateTable('policies')}
    ${WRITTEN_TABLE}
    PRAGMA user_version = ${String(VERSION)};
    COMMIT;`);
}

/** What leads from a format to the next one. */
const UPGRADES: Readonly<Record<number, string>> = {
  // All rows were written with their events.
  1: `${WRITTEN_TABLE}
    UPDATE things_written SET position = (SELECT coalesce(max(position), 0) FROM events);`,
  // What was found by an index, which only goes with its table. Events of a place are in any order, none is far from the last.
  2: `${PLACES_TABLE}
    INSERT INTO event_places SELECT entity, id, max(revision), json_group_array(position) FROM events
      GROUP BY entity, id, revision / 256;
    ALTER TABLE events RENAME TO events_before;
    ${EVENTS_TABLE}
    INSERT INTO events SELECT position, entity, id, revision, event FROM events_before ORDER BY position;
    DROP TABLE events_before;`,
};

interface Taken {
  readonly file: string;
  readonly version: number;
  readonly log: Logger;
}

function upgrade(database: Database, { file, version, log }: Taken): void {
  log.info(
    { file, from: version, to: VERSION },
    'the file is brought to a newer format: some ten seconds for each gigabyte',
  );
  try {
    inTransaction(database, () => {
      for (let from = version; from < VERSION; from += 1) database.exec(UPGRADES[from] ?? '');
      database.exec(`PRAGMA user_version = ${String(VERSION)}`);
    });
  } catch (error) {
    throw new DatabaseUnusable(file, error);
  }
  log.info({ file }, 'the file is of the newer format');
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
