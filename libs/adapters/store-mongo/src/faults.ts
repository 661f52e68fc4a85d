import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '@gemel/application/ports';
import { mongo } from 'mongoose';

const DUPLICATE_KEY = 11_000;
const DEADLINE_MS = 10_000;
/** More than the driver takes to give up by itself. */
const ANSWER_MS = 15_000;
const RETRY_MS = 100;

/** The driver did not come back in time. Its own limits do not hold everywhere, for example not for a free connection. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** What the server answers, or a fault after 15 seconds: nobody may wait for ever, and with them all behind them. */
export async function answered<T>(work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Does what asks the server; @throws StoreUnavailable when it could not be asked, or could not answer. */
export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await answered(work);
  } catch (error) {
    if (!isServerFault(error)) throw error;
    throw unavailable(error);
  }
}

/**
 * Does what asks the server and may be done twice, again and again until the server has answered: it may be away for a
 * moment, or have chosen it to end a deadlock.
 * @throws StoreUnavailable after the time, by default ten seconds
 */
export async function repeating<T>(work: () => Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await answered(work);
    } catch (error) {
      if (!isServerFault(error)) throw error;
      if (performance.now() > deadline) throw unavailable(error);
      await pause(RETRY_MS * (0.5 + Math.random()));
    }
  }
}

/** Whether the server, or the way to it, failed; everything else is a bug of ours. */
export function isServerFault(error: unknown): error is Error {
  return error instanceof NoAnswer || (error instanceof mongo.MongoError && !isDuplicateKey(error));
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
