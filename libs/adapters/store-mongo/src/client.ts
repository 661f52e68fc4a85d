import { Error as MongooseError, createConnection } from 'mongoose';
import type { Connection } from 'mongoose';

/** Between two looks whether the server is there: what breaks unnoticed is noticed by then. */
export const HEARTBEAT_MS = 2_000;
/** For a connection to be made, and for the answer to such a look. */
export const CONNECT_MS = 5_000;
const CLOSE_MS = 5_000;

/** The database cannot be used; the message says why and what to do. */
export class DatabaseUnusable extends Error {}

/** Nothing answers at the address, or nothing that may be written to. */
export class DatabaseAway extends DatabaseUnusable {}

export interface MongoAddress {
  readonly url: string;
  readonly database: string;
}

/** @param selectionMs how long who asks waits for a server that is away. @throws DatabaseUnusable */
export async function openClient({ url, database }: MongoAddress, selectionMs: number): Promise<Connection> {
  const connection = createConnection();
  try {
    return await connection.openUri(url, {
      dbName: database,
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      serverSelectionTimeoutMS: selectionMs,
      connectTimeoutMS: CONNECT_MS,
      heartbeatFrequencyMS: HEARTBEAT_MS,
      maxPoolSize: 20,
      // Every write is made so that it can be repeated; sessions are not needed for that.
      retryWrites: false,
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } catch (error) {
    await closeClient(connection);
    const reason = error instanceof Error ? error.message : String(error);
    const Refusal = error instanceof MongooseError.MongooseServerSelectionError ? DatabaseAway : DatabaseUnusable;
    throw new Refusal(
      `MongoDB at ${hostOf(url)} cannot be used: ${reason}. Check GEMEL_MONGODB_URL, and that the server runs.`,
      { cause: error },
    );
  }
}

/** Resolves when it is closed, or after five seconds: of a server that is away nothing can be learned. */
export async function closeClient(connection: Connection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
  const closed = connection.destroy().then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([closed, late]);
  clearTimeout(timer);
}

/** Without user and password. */
export function hostOf(url: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url)?.[1] ?? 'the given address';
}
