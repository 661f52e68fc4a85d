import type { Database } from '@gemel/sqlite';

/** Larger than what most commits write: an event, the state after it, and at times a state that is kept. */
const PROBE_BYTES = 524_288;

/** Writes something of some size and removes it again. @throws what SQLite throws when the file does not take it */
export function tryWrite(database: Database): void {
  database.exec('DROP TABLE IF EXISTS write_probe');
  database.exec(`CREATE TABLE write_probe AS SELECT zeroblob(${String(PROBE_BYTES)}) AS filler`);
  database.exec('DROP TABLE write_probe');
}
