import { OutcomeUnknown, StoreUnavailable } from '@gemel/application/ports';
import { mongo } from 'mongoose';

const DUPLICATE_KEY = 11_000;
const OUT_OF_DISK_SPACE = 14_031;
/** What FerretDB shows of PostgreSQL's faults has no code that one may rely on. */
const NO_SPACE = /no space left on device|disk quota exceeded|could not extend file/i;

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

/** Whether the server had no room to write what it was asked to: making room takes a person, so nobody waits for it. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return isDiskFull(error.cause);
  const fault = unwrapped(error);
  if (!(fault instanceof mongo.MongoServerError)) return false;
  const ofDocuments = fault instanceof mongo.MongoBulkWriteError ? [fault.writeErrors].flat() : [];
  const texts = [fault.message, ...ofDocuments.map(({ errmsg }) => errmsg ?? '')];
  return (
    [fault, ...ofDocuments].some(({ code }) => code === OUT_OF_DISK_SPACE) || texts.some((text) => NO_SPACE.test(text))
  );
}

/** A bulk write shows every fault as the server's, and keeps what it was. */
function unwrapped(error: unknown): unknown {
  if (!(error instanceof mongo.MongoBulkWriteError)) return error;
  const { errorResponse }: { errorResponse: unknown } = error;
  return errorResponse instanceof mongo.MongoError ? errorResponse : error;
}

export function unavailable(cause: unknown): InstanceType<typeof StoreUnavailable> {
  const refusal = new StoreUnavailable(
    isDiskFull(cause) ? 'the disk of MongoDB is full' : 'MongoDB does not answer as it should',
  );
  refusal.cause = cause;
  return refusal;
}

/** A document with that key is there already, and nothing else went wrong. */
export function isDuplicateKey(error: unknown): boolean {
  if (!(error instanceof mongo.MongoServerError) || error.code !== DUPLICATE_KEY) return false;
  // A bulk write has the code of the first of its faults.
  const faults = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
  return faults.every(({ code }) => code === DUPLICATE_KEY);
}

/** Places of the documents that a bulk write could not insert because their keys are there; throws what else failed. */
export function duplicatesOf(error: unknown): readonly number[] {
  if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
  const faults = [error.writeErrors].flat();
  if (faults.length === 0 || faults.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  return faults.map(({ index }) => index);
}
