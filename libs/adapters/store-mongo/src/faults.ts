import { StoreUnavailable } from '@gemel/application/ports';
import { mongo } from 'mongoose';

const DUPLICATE_KEY = 11_000;

/** The driver did not come back in time. Its own limits do not hold everywhere, for example not for a free connection. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The connections to the server broke while it was asked, and the driver has not said what became of the question. */
export class ConnectionBroke extends Error {
  override readonly name = 'ConnectionBroke';
}

/** Whether the server, or the way to it, failed; everything else is a bug of ours. */
export function isServerFault(error: unknown): error is Error {
  if (error instanceof NoAnswer || error instanceof ConnectionBroke) return true;
  return error instanceof mongo.MongoError && !isDuplicateKey(error);
}

/** Whether the server could not be asked, or could not answer; one that answered with a fault was reached. */
export function isUnreached(error: unknown): boolean {
  return isServerFault(error) && !(unwrapped(error) instanceof mongo.MongoServerError);
}

/** Whether there was no server to ask, for as long as the driver waits for one: nothing was sent. */
export function isUnsent(error: unknown): boolean {
  return unwrapped(error) instanceof mongo.MongoServerSelectionError;
}

/** A bulk write shows every fault as the server's, and keeps what it was. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof mongo.MongoBulkWriteError)) return error;
  const { errorResponse }: { errorResponse: unknown } = error;
  return errorResponse instanceof mongo.MongoError ? errorResponse : error;
}

export function unavailable(cause: unknown): InstanceType<typeof StoreUnavailable> {
  const refusal = new StoreUnavailable('MongoDB does not answer as it should');
  refusal.cause = cause;
  return refusal;
}

/** A document with that key is there already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;
}

/** Places of the documents that a bulk write could not insert because their keys are there; throws what else failed. */
export function duplicatesOf(error: unknown): readonly number[] {
  if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
  const faults = [error.writeErrors].flat();
  if (faults.length === 0 || faults.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  return faults.map(({ index }) => index);
}
