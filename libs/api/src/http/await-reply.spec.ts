import type { ApiRequest, Reply } from './index.js';
import { awaitRead, awaitWrite } from './index.js';

/** A request that waits for `timeoutMs`; only what the functions ask it. */
function requestOf(timeoutMs: number | undefined, responseRequired?: boolean): ApiRequest {
  const request: Pick<ApiRequest, 'header' | 'timeoutMs' | 'flag'> = {
    header: () => (timeoutMs === undefined ? undefined : String(timeoutMs)),
    timeoutMs: () => timeoutMs ?? 60_000,
    flag: () => responseRequired,
  };
  return request as ApiRequest;
}

const done: Reply = { status: 204 };
const never = () => new Promise<Reply>(() => undefined);
const refusal = () => Promise.reject(new Error('refused'));

describe('awaiting', () => {
  it('a change gives its answer', async () => {
    await expect(awaitWrite(requestOf(undefined), async () => done)).resolves.toBe(done);
    await expect(awaitWrite(requestOf(undefined), refusal)).rejects.toThrow('refused');
  });

  it('a change or read that takes too long gives command.timeout', async () => {
    await expect(awaitWrite(requestOf(5), never)).rejects.toMatchObject({ code: 'command.timeout', status: 408 });
    await expect(awaitRead(requestOf(5), never)).rejects.toMatchObject({ code: 'command.timeout' });
  });

  it('is given up where nobody waits: 202, or the refusal', async () => {
    await expect(awaitWrite(requestOf(0), async () => done)).resolves.toEqual({ status: 202 });
    await expect(awaitWrite(requestOf(undefined, false), async () => done)).resolves.toEqual({ status: 202 });
    await expect(awaitWrite(requestOf(0), refusal)).rejects.toThrow('refused');
  });

  it('a read without a deadline just takes its time', async () => {
    await expect(awaitRead(requestOf(undefined), async () => 1)).resolves.toBe(1);
    await expect(awaitRead(requestOf(0), async () => 1)).resolves.toBe(1);
  });
});
