// The least a durable twin store must do: an event row and a state row per write, one fsync per batch.
import Database from 'libsql';

/** Opens a database in `folder` whose `write` resolves once its rows are on disk. */
export function openGroupCommit(folder) {
  const db = new Database(`${folder}/bare.db`);
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;');
  db.exec(`CREATE TABLE events(position INTEGER PRIMARY KEY, id TEXT, revision INTEGER, json TEXT, UNIQUE(id, revision));
           CREATE TABLE things(id TEXT PRIMARY KEY, revision INTEGER, json TEXT);
           CREATE TABLE points(series INTEGER, time INTEGER, value REAL, PRIMARY KEY(series, time)) WITHOUT ROWID;`);
  const insertEvent = db.prepare('INSERT INTO events(id, revision, json) VALUES (?, ?, ?)');
  const upsertThing = db.prepare('INSERT OR REPLACE INTO things(id, revision, json) VALUES (?, ?, ?)');
  const insertPoint = db.prepare('INSERT OR REPLACE INTO points(series, time, value) VALUES (?, ?, ?)');
  let queue = [];

  function flush() {
    const batch = queue;
    queue = [];
    db.exec('BEGIN');
    for (const { id, revision, event, state, points } of batch) {
      insertEvent.run(id, revision, event);
      upsertThing.run(id, revision, state);
      for (const [series, time, value] of points ?? []) insertPoint.run(series, time, value);
    }
    db.exec('COMMIT');
    for (const { resolve } of batch) resolve();
  }

  return {
    write: (row) =>
      new Promise((resolve) => {
        if (queue.push({ ...row, resolve }) === 1) setImmediate(flush);
      }),
  };
}
