import type { Database } from '@gemel/sqlite';

/**
 * One row per series and one per sample. The samples of a series lie together in time order, which is how they are read,
 * and a sample costs little more than its time and value. A value keeps its own type: numbers as they are, booleans as
 * one byte, strings as text.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,
    thing_id TEXT NOT NULL,
    path TEXT NOT NULL,
    tags TEXT NOT NULL,
    field TEXT NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS series_key ON series (thing_id, path, tags);
  CREATE INDEX IF NOT EXISTS series_field ON series (field, thing_id);
  CREATE TABLE IF NOT EXISTS points (
    series INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value,
    PRIMARY KEY (series, time)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reader (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    position INTEGER NOT NULL
  );
  INSERT OR IGNORE INTO reader (id, position) VALUES (1, 0);
`;

const VERSION = 1;

/** Makes or checks the tables. @throws Error when the file was written by a newer version */
export function prepareSchema(database: Database): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > VERSION)
    throw new Error(`the history was written by a newer version of Gemel (format ${version}, known is ${VERSION})`);
  database.exec(SCHEMA);
  if (version < VERSION) database.exec(`PRAGMA user_version = ${VERSION}`);
}
