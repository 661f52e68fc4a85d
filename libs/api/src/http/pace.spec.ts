import { vi } from 'vitest';
import { EventStream, paceOf, streamAll } from './index.js';

describe('Streams: Throttling', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const log = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
  /** All that needs no time has happened. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  function open(perSecond: number) {
    const body = new EventStream(() => undefined);
    const sent: number[] = [];
    async function* portions() {
      yield [1, 2, 3];
      yield [4, 5];
    }
    const send = (item: number) => sent.push(item);
    streamAll(body, { portions: portions(), send, pace: paceOf(perSecond), log, correlationId: 'c' });
    return { body, sent };
  }

  it('lets so many through in a second, and the others in those that follow', async () => {
    const { sent } = open(2);
    await settled();
    expect(sent).toEqual([1, 2]);
    vi.advanceTimersByTime(999);
    await settled();
    expect(sent).toEqual([1, 2]);
    vi.advanceTimersByTime(1);
    await settled();
    expect(sent).toEqual([1, 2, 3, 4]);
    vi.advanceTimersByTime(1_000);
    await settled();
    expect(sent).toEqual([1, 2, 3, 4, 5]);
  });

  it('holds nothing back without a bound', async () => {
    const { sent } = open(0);
    await settled();
    expect(sent).toEqual([1, 2, 3, 4, 5]);
  });

  it('sends nothing more to a client that has gone while it waited', async () => {
    const { body, sent } = open(2);
    await settled();
    body.destroy();
    vi.advanceTimersByTime(1_000);
    await settled();
    expect(sent).toEqual([1, 2]);
  });
});
