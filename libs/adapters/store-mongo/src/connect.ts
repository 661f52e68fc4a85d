import { randomUUID } from 'node:crypto';
import { DatabaseAway, DatabaseUnusable, openClient } from './client.js';
import type { Collections } from './collections.js';
import { Database } from './database.js';
import type { DatabaseOptions } from './database.js';
import { isDuplicateKey } from './faults.js';
import { createIndexes } from './indexes.js';

/** Counts up with each change of the collections; a database with a higher one was written by a newer Gemel. */
const FORMAT = 1;
const OLDEST_SERVER = 6;
/** A server that starts together with this process gets as long. */
const AWAY_MS = 10_000;
/** Replicas that start together do this together. */
const START_MS = 60_000;

/** Connects, checks what the server can do, and creates what is missing. @throws DatabaseUnusable */
export async function connect(options: DatabaseOptions): Promise<Database> {
  const database = await openDatabase(options);
  try {
    const { connection, collections, questions } = database;
    const { db } = connection;
    if (db === undefined) throw new DatabaseUnusable('MongoDB was disconnected at once.');
    await checkVersion(db.admin());
    const formats = db.collection<{ _id: string; format: number }>('gemel');
    await questions.repeating(() => checkFormat(formats, options.database));
    await createIndexes(connection, questions);
    await questions.repeating(() => checkUniqueness(collections.commits), START_MS);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const deadline = performance.now() + AWAY_MS;
  for (;;) {
    try {
      return new Database(await openClient(options, options.unreachedMs), options);
    } catch (error) {
      if (!(error instanceof DatabaseAway) || performance.now() > deadline) throw error;
    }
  }
}

async function checkVersion(admin: { buildInfo(): Promise<object> }): Promise<void> {
  const info = await admin.buildInfo();
  const version = 'version' in info ? String(info.version) : '';
  if (Number(version.split('.')[0]) >= OLDEST_SERVER) return;
  throw new DatabaseUnusable(`MongoDB ${version} is too old: Gemel needs ${String(OLDEST_SERVER)}.0 or newer.`);
}

interface FormatCollection {
  findOneAndUpdate(
    filter: { readonly _id: string },
    update: { readonly $setOnInsert: { readonly format: number } },
    options: { readonly upsert: true; readonly returnDocument: 'after' },
  ): Promise<{ readonly format: number } | null>;
}

async function checkFormat(collection: FormatCollection, database: string): Promise<void> {
  const update = { $setOnInsert: { format: FORMAT } };
  const found = await collection.findOneAndUpdate({ _id: 'format' }, update, { upsert: true, returnDocument: 'after' });
  const format = found?.format ?? FORMAT;
  if (format <= FORMAT) return;
  throw new DatabaseUnusable(
    `The database '${database}' was written by a newer Gemel (format ${String(format)}, this one knows ` +
      `${String(FORMAT)}). Start that version, or use another database.`,
  );
}

/** The whole store rests on it: a key that is in the log cannot be written again, not even inside an array. */
async function checkUniqueness(commits: Collections['commits']): Promise<void> {
  // Replicas that start together would wait for each other's key, in a circle on FerretDB.
  const keys = [`probe ${randomUUID()}`];
  const probe = (position: number) => ({ _id: position, first: position, writer: '', keys, events: [] });
  // Positions below zero, which no reader looks at.
  const places = [-1 - Math.floor(Math.random() * 1e9), -2e9 - Math.floor(Math.random() * 1e9)] as const;
  try {
    await commits.insertOne(probe(places[0]));
    await commits.insertOne(probe(places[1]));
  } catch (error) {
    if (isDuplicateKey(error)) return;
    throw error;
  } finally {
    await commits.deleteMany({ _id: { $in: [...places] } });
  }
  throw new DatabaseUnusable(
    'The server does not hold unique indexes over arrays, which Gemel needs: use MongoDB 6 or newer.',
  );
}
