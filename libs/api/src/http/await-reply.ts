import type { ApiRequest } from './api-request.js';
import { CommandTimeout } from './errors.js';
import type { Reply } from './reply.js';

/** How long a caller who wants no answer is still told about a refusal (Ditto 3.9). */
const FIRE_AND_FORGET_MS = 3_000;

/**
 * What a read finds, as soon as it is there.
 * @throws CommandTimeout at the caller's deadline, if there is one
 */
export function awaitRead<T>(request: ApiRequest, read: () => Promise<T>): Promise<T> {
  if (request.header('timeout') === undefined) return read();
  const timeoutMs = request.timeoutMs();
  // A read that nobody waits for would make no sense: 0 sets no deadline.
  return timeoutMs === 0 ? read() : orAfter(timeoutMs, read(), () => Promise.reject(new CommandTimeout(timeoutMs)));
}

/**
 * The answer to a change, as soon as it is there; 202 without a body when the caller wants none
 * (`response-required=false` or `timeout=0`) and nothing was refused so far.
 * @throws CommandTimeout at the caller's deadline; the change may still be carried out
 */
export async function awaitWrite(request: ApiRequest, change: () => Promise<Reply>): Promise<Reply> {
  const timeoutMs = request.timeoutMs();
  const forget = timeoutMs === 0 || request.flag('response-required') === false;
  // Who names no deadline waits for the commit, which does not take long or fails.
  if (!forget && request.header('timeout') === undefined) return change();
  if (!forget) return orAfter(timeoutMs, change(), () => Promise.reject(new CommandTimeout(timeoutMs)));
  const accepted: Reply = { status: 202 };
  await orAfter(FIRE_AND_FORGET_MS, change(), () => Promise.resolve(accepted));
  return accepted;
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
