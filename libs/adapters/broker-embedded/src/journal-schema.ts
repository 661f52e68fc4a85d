import type { Database } from '@gemel/sqlite';

/** Counts up with each change of the tables. */
const VERSION = 1;

/** The file was written by a newer Gemel. */
export class BrokerDataFromNewerVersion extends Error {
  override readonly name = 'BrokerDataFromNewerVersion';

  constructor(file: string, version: number) {
    super(
      `${file} was written by a newer Gemel (format ${version}, this one knows ${VERSION}). Start that version, or use another data folder.`,
    );
  }
}

/** @throws BrokerDataFromNewerVersion */
export function prepareBrokerSchema(database: Database, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > VERSION) throw new BrokerDataFromNewerVersion(file, version);
  if (version === VERSION) return;
  database.exec(`
    BEGIN;
    CREATE TABLE sessions (
      position INTEGER PRIMARY KEY,
      client TEXT NOT NULL UNIQUE,
      owner TEXT NOT NULL
    );
    CREATE TABLE subscriptions (
      client TEXT NOT NULL,
      filter TEXT NOT NULL,
      qos INTEGER NOT NULL,
      PRIMARY KEY (client, filter)
    ) WITHOUT ROWID;
    CREATE TABLE deliveries (
      number INTEGER PRIMARY KEY,
      client TEXT NOT NULL,
      topic TEXT NOT NULL,
      payload BLOB NOT NULL,
      qos INTEGER NOT NULL,
      message_id INTEGER,
      released INTEGER NOT NULL
    );
    CREATE INDEX deliveries_by_client ON deliveries (client);
    CREATE TABLE incoming (
      client TEXT NOT NULL,
      message_id INTEGER NOT NULL,
      PRIMARY KEY (client, message_id)
    ) WITHOUT ROWID;
    CREATE TABLE retained (
      topic TEXT PRIMARY KEY,
      payload BLOB NOT NULL,
      qos INTEGER NOT NULL
    );
    CREATE TABLE wills (
      client TEXT PRIMARY KEY,
      username TEXT NOT NULL,
      subjects TEXT NOT NULL,
      topic TEXT NOT NULL,
      payload BLOB NOT NULL,
      qos INTEGER NOT NULL,
      retain INTEGER NOT NULL
    );
    PRAGMA user_version = ${VERSION};
    COMMIT;`);
}
