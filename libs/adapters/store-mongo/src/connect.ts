import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { collectionsOf, createIndexes } from './collections.js';
import type { Collections } from './collections.js';
import { isDuplicateKey, repeating } from './faults.js';

/** Counts up with each change of the collections; a database with a higher one was written by a newer Gemel. */
const FORMAT = 1;
const OLDEST_SERVER = 6;
const SELECTION_MS = 10_000;
/** While indexes are made, which several replicas may want at once, everything takes longer. */
const START_MS = 60_000;

/** The database cannot be used; the message says why and what to do. */
export class DatabaseUnusable extends Error {}

export interface MongoAddress {
  readonly url: string;
  readonly database: string;
}

export interface OpenDatabase {
  readonly connection: Connection;
  readonly collections: Collections;
}

/** Connects, checks what the server can do, and creates what is missing. @throws DatabaseUnusable */
export async function connect({ url, database }: MongoAddress): Promise<OpenDatabase> {
  const connection = await open(url, database);
  try {
    const { db } = connection;
    if (db === undefined) throw new DatabaseUnusable('MongoDB was disconnected at once.');
    await checkVersion(db.admin());
    await repeating(() => checkFormat(db.collection<{ _id: string; format: number }>('gemel'), database));
    // Replicas that start together do this together.
    await repeating(() => createIndexes(connection), START_MS);
    const collections = collectionsOf(db);
    await repeating(() => checkUniqueness(collections.commits), START_MS);
    return { connection, collections };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function open(url: string, database: string): Promise<Connection> {
  const connection = createConnection();
  try {
    return await connection.openUri(url, {
      dbName: database,
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      serverSelectionTimeoutMS: SELECTION_MS,
      maxPoolSize: 20,
      // Every write is made so that it can be repeated; sessions are not needed for that.
      retryWrites: false,
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnusable(
      `MongoDB at ${hostOf(url)} cannot be used: ${reason}. Check GEMEL_MONGODB_URL, and that the server runs.`,
      { cause: error },
    );
  }
}

/** Without user and password. */
function hostOf(url: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url)?.[1] ?? 'the given address';
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
  const probe = (position: number) => ({ _id: position, first: position, writer: '', keys: ['probe'], events: [] });
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
