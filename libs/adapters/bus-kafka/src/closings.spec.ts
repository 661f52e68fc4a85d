import { turns } from '@gemel/testkit/contracts';
import { Closings } from './closings.js';

describe('closings', () => {
  it('disconnect at once, and again when what was under way has settled', async () => {
    const closings = new Closings();
    let count = 0;
    let fail: (error: Error) => void = () => undefined;
    const last = new Promise<void>((_, reject) => (fail = reject));
    closings.add(() => {
      count += 1;
      return Promise.reject(new Error('broken'));
    }, last);
    await turns(2);
    expect(count).toBe(1);
    fail(new Error('it was closed'));
    await closings.settled();
    expect(count).toBe(2);
  });
});
