import type { AnswerWanted } from '@gemel/model/headers';
import type { ApiRequest, Reply } from './index.js';
import { awaitRead, awaitWrite } from './index.js';

/** A request that wants such an answer; only what the functions ask it. */
function requestOf(wanted: Partial<AnswerWanted>): ApiRequest {
  const request: Pick<ApiRequest, 'answerWanted'> = {
    answerWanted: () => ({ response: true, acks: [], timeoutMs: undefined, ...wanted }),
  };
  return request as ApiRequest;
}

const done: Reply = { status: 204 };
const never = () => new Promise<Reply>(() => undefined);
const refusal = () => Promise.reject(new Error('refused'));

describe('awaiting', () => {
  it('a change gives its answer', async () => {
    await expect(awaitWrite(requestOf({}), async () => done)).resolves.toBe(done);
    await expect(awaitWrite(requestOf({}), refusal)).rejects.toThrow('refused');
  });

  it('a change or read that takes too long gives command.timeout', async () => {
    const request = requestOf({ timeoutMs: 5 });
    await expect(awaitWrite(request, never)).rejects.toMatchObject({ code: 'command.timeout', status: 408 });
    await expect(awaitRead(request, never)).rejects.toMatchObject({ code: 'command.timeout' });
  });

  it('is given up where nobody waits: 202, or the refusal', async () => {
    const nobody = requestOf({ response: false, timeoutMs: 0 });
    await expect(awaitWrite(nobody, async () => done)).resolves.toEqual({ status: 202 });
    await expect(awaitWrite(requestOf({ response: false }), async () => done)).resolves.toEqual({ status: 202 });
    await expect(awaitWrite(nobody, refusal)).rejects.toThrow('refused');
  });

  it('a read without a deadline just takes its time', async () => {
    await expect(awaitRead(requestOf({}), async () => 1)).resolves.toBe(1);
    await expect(awaitRead(requestOf({ timeoutMs: 0, response: false }), async () => 1)).resolves.toBe(1);
  });
});
