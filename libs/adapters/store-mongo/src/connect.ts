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

/** What every process of the same database finds first. */
interface FormatDocument {
  readonly _id: 'format';
  readonly format: number;
  /** The server whose unique indexes were tried out, by its versions; another one is tried out, too. */
  readonly provenOn?: string;
}

/** Connects, checks what the server can do, and creates what is missing. @throws DatabaseUnusable */
export async function connect(options: DatabaseOptions): Promise<Database> {
  const database = await openDatabase(options);
  try {
    const { connection, collections, questions } = database;
    const { db } = connection;
    if (db === undefined) throw new DatabaseUnusable('MongoDB was disconnected at once.');
    const server = await serverVersions(db.admin());
    const formats = formatsOf(db);
    const { provenOn } = await questions.repeating(() => checkFormat(formats, options.database));
    await createIndexes(connection, questions);
    if (provenOn === server) return database;
    await questions.repeating(() => checkUniqueness(collections.commits), START_MS);
    await questions.repeating(() => formats.updateOne({ _id: 'format' }, { $set: { provenOn: server } }));
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

/** All that tells this server from another, or from a later version of it. @throws DatabaseUnusable when it is too old */
async function serverVersions(admin: { buildInfo(): Promise<object> }): Promise<string> {
  const info: { version?: unknown; gitVersion?: unknown; ferretdb?: unknown } = await admin.buildInfo();
  const version = String(info.version);
  if (Number(version.split('.')[0]) >= OLDEST_SERVER) return JSON.stringify([version, info.gitVersion, info.ferretdb]);
  throw new DatabaseUnusable(`MongoDB ${version} is too old: Gemel needs ${String(OLDEST_SERVER)}.0 or newer.`);
}

function formatsOf(db: NonNullable<Database['connection']['db']>) {
  return db.collection<FormatDocument>('gemel');
}

type Formats = ReturnType<typeof formatsOf>;

async function checkFormat(formats: Formats, database: string): Promise<FormatDocument> {
  const found = (await formats.findOne({ _id: 'format' })) ?? (await noteFormat(formats));
  if (found.format <= FORMAT) return found;
  throw new DatabaseUnusable(
    `The database '${database}' was written by a newer Gemel (format ${String(found.format)}, this one knows ` +
      `${String(FORMAT)}). Start that version, or use another database.`,
  );
}

/** Unless another process just did. */
async function noteFormat(formats: Formats): Promise<FormatDocument> {
  const update = { $setOnInsert: { format: FORMAT } };
  const options = { upsert: true, returnDocument: 'after' } as const;
  return (await formats.findOneAndUpdate({ _id: 'format' }, update, options)) ?? { _id: 'format', format: FORMAT };
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
