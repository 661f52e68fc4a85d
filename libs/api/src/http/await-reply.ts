import { TWIN_PERSISTED } from '@gemel/model/headers';
import type { AnswerWanted } from '@gemel/model/headers';
import type { AckCollections } from '@gemel/application/acks';
import { MAX_TIMEOUT_MS } from './api-request.js';
import type { ApiRequest } from './api-request.js';
import { awaitAcks } from './await-acks.js';
import { CommandTimeout } from './errors.js';
import type { Reply } from './reply.js';

/** How long a caller who wants no answer is still told about a refusal (Ditto 3.9). */
const FIRE_AND_FORGET_MS = 3_000;
const ACCEPTED: Reply = { status: 202 };

/**
 * What a read finds, as soon as it is there.
 * @throws CommandTimeout at the caller's deadline, if there is one; HeaderInvalid when it is zero
 */
export function awaitRead<T>(request: ApiRequest, read: () => Promise<T>): Promise<T> {
  return readInTime(request.answerWanted('none'), read);
}

function readInTime<T>({ timeoutMs, response }: AnswerWanted, read: () => Promise<T>): Promise<T> {
  // A read that nobody waits for would make no sense: it is answered all the same.
  if (timeoutMs === undefined || timeoutMs === 0 || !response) return read();
  return orAfter(timeoutMs, read(), () => Promise.reject(new CommandTimeout(timeoutMs)));
}

/**
 * The answer to a read of an entity; 202 to who wants none: then nothing is read (Ditto's enforcement leaves such queries out).
 * @throws CommandTimeout, HeaderInvalid as `awaitRead`
 */
export async function awaitEntity(request: ApiRequest, read: () => Promise<Reply>): Promise<Reply> {
  const wanted = request.answerWanted('none');
  return wanted.response ? readInTime(wanted, read) : ACCEPTED;
}

/**
 * The answer to a change, as soon as it is there: its own, or one with the acknowledgements that were asked for; 202
 * without a body when the caller wants none and nothing was refused so far.
 * @param collections of a change that can be acknowledged
 * @throws CommandTimeout at the caller's deadline; the change may still be carried out
 */
export async function awaitWrite(
  request: ApiRequest,
  change: () => Promise<Reply>,
  collections?: AckCollections,
): Promise<Reply> {
  const { response, acks, timeoutMs } = request.answerWanted(collections === undefined ? 'none' : 'twin');
  const [label, ...others] = acks;
  if (!response && label === undefined) {
    await orAfter(FIRE_AND_FORGET_MS, change(), () => Promise.resolve(ACCEPTED));
    return ACCEPTED;
  }
  if (collections !== undefined && label !== undefined && (label !== TWIN_PERSISTED || others.length > 0)) {
    return awaitAcks(request, change, { collections, response, acks, timeoutMs: timeoutMs ?? MAX_TIMEOUT_MS });
  }
  // Who names no deadline waits for the commit, which does not take long or fails.
  const reply =
    timeoutMs === undefined
      ? await change()
      : await orAfter(timeoutMs, change(), () => Promise.reject(new CommandTimeout(timeoutMs)));
  return response ? reply : ACCEPTED;
}

/** The promise, or what `late` says when it takes longer. */
function orAfter<T>(ms: number, promise: Promise<T>, late: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late().then(resolve, reject);
    }, ms);
    void promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
