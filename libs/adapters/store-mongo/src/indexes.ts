import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Schema, mongo } from 'mongoose';
import type { Connection } from 'mongoose';
import { DatabaseUnusable } from './client.js';
import { isDuplicateKey } from './faults.js';
import type { Questions } from './questions.js';

/** The document that says whose turn it is, beside the one with the format. */
const TURN = 'indexes';
const LOOK_AGAIN_MS = 200;
/** Who has had its turn for so long has died, or the indexes are many. */
const PATIENCE_MS = 30_000;
/** Over the whole of a turn everything may take longer, when the data are there already. */
const BUILD_MS = 60_000;
const NO_SUCH_COLLECTION = 26;

/** What has an index beside `_id`. */
const indexed = {
  commits: new Schema({ _id: Number, keys: [String] }).index({ keys: 1 }, { unique: true }),
  policies: new Schema({ _id: String, subjects: [String], imports: [String], due: Number })
    .index({ subjects: 1, _id: 1 })
    .index({ imports: 1, _id: 1 })
    .index({ due: 1, _id: 1 }),
  connectionReports: new Schema({ _id: String, connectionId: String }).index({ connectionId: 1 }),
  connectionReporters: new Schema({ _id: String, seenAt: Date }).index({ seenAt: 1 }, { expireAfterSeconds: 3_600 }),
  search_parts: new Schema({ _id: String, keys: [String] }).index({ keys: 1 }),
};

interface TurnDocument {
  readonly _id: string;
  /** The process whose turn it is. */
  readonly holder: string;
}

export interface IndexOptions {
  /** How long another process is waited for, in milliseconds. @default 30 seconds */
  readonly patienceMs?: number;
}

/**
 * Creates the indexes that are missing; where there are none missing it only looks. Processes that start together take
 * turns: a PostgreSQL below the database ends each of them for being in the way of the others, again and again.
 * @throws StoreUnavailable, DatabaseUnusable
 */
export async function createIndexes(
  connection: Connection,
  questions: Questions,
  { patienceMs = PATIENCE_MS }: IndexOptions = {},
): Promise<void> {
  const turns = collectionOf(connection);
  const me = randomUUID();
  let other: string | undefined;
  let since = performance.now();
  while (await questions.repeating(() => isAnyMissing(connection))) {
    const holder = await questions.repeating(() => takeTurn(turns, me));
    if (holder === me) {
      await questions.repeating(() => buildAll(connection), BUILD_MS);
      await questions.repeating(() => endTurn(turns, me));
      return;
    }
    if (holder !== other) [other, since] = [holder, performance.now()];
    if (performance.now() - since > patienceMs) await questions.repeating(() => endTurn(turns, holder));
    else await pause(LOOK_AGAIN_MS);
  }
}

function collectionOf(connection: Connection) {
  return connection.collection<TurnDocument>('gemel');
}

type Turns = ReturnType<typeof collectionOf>;

/** Answers whose turn it is. */
async function takeTurn(turns: Turns, me: string): Promise<string> {
  try {
    await turns.insertOne({ _id: TURN, holder: me });
    return me;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    // When it has just been ended: nobody's.
    return (await turns.findOne({ _id: TURN }))?.holder ?? '';
  }
}

async function endTurn(turns: Turns, holder: string): Promise<void> {
  await turns.deleteOne({ _id: TURN, holder });
}

/** @throws DatabaseUnusable when somebody has made one otherwise */
async function isAnyMissing(connection: Connection): Promise<boolean> {
  for (const [name, schema] of Object.entries(indexed)) {
    const present = await indexesOf(connection, name);
    for (const [key, { unique }] of schema.indexes()) {
      const isUnique = present.get(JSON.stringify(key));
      if (isUnique === undefined) return true;
      if (unique !== undefined && !isUnique) throw notUnique(name, key);
    }
  }
  return false;
}

/** Whether they are unique, by their keys. */
async function indexesOf(connection: Connection, name: string): Promise<ReadonlyMap<string, boolean>> {
  try {
    const indexes = await connection.collection(name).indexes();
    return new Map(indexes.map(({ key, unique = false }) => [JSON.stringify(key), unique]));
  } catch (error) {
    if (error instanceof mongo.MongoServerError && error.code === NO_SUCH_COLLECTION) return new Map();
    throw error;
  }
}

function notUnique(collection: string, key: object): DatabaseUnusable {
  const fields = Object.keys(key).join(', ');
  return new DatabaseUnusable(
    `The index over '${fields}' of the collection '${collection}' is not unique, but must be: drop it, and start again; ` +
      'Gemel makes it anew.',
  );
}

async function buildAll(connection: Connection): Promise<void> {
  for (const [name, schema] of Object.entries(indexed)) {
    await (connection.models[name] ?? connection.model(name, schema, name)).createIndexes();
  }
}
