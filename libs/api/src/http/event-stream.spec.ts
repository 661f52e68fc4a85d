import { vi } from 'vitest';
import { EventStream } from './index.js';

describe('EventStream', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends a client that does not read, once 100 events have waited for more than two seconds', () => {
    vi.useFakeTimers();
    let slow = 0;
    let closed = 0;
    const stream = new EventStream(() => slow++);
    stream.onClose(() => closed++);
    for (let n = 0; n < 500; n++) stream.send(String(n));
    vi.advanceTimersByTime(1_900);
    stream.send('x');
    expect(stream.destroyed).toBe(false);
    vi.advanceTimersByTime(200);
    for (let n = 0; n < 5; n++) stream.send('x');
    expect(stream.destroyed).toBe(true);
    expect(slow).toBe(1);
    stream.destroy();
    return new Promise<void>((resolve) => {
      stream.once('close', () => {
        expect(closed).toBe(1);
        resolve();
      });
    });
  });

  it('ends one for which a burst is too large', () => {
    const stream = new EventStream(() => undefined);
    for (let n = 0; n < 100; n++) stream.send('x');
    for (let n = 0; n < 16; n++) stream.send('x'.repeat(1_048_576));
    expect(stream.destroyed).toBe(false);
    for (let n = 0; n < 2; n++) stream.send('x');
    expect(stream.destroyed).toBe(true);
  });

  it('lets a burst through to a client that reads', async () => {
    const stream = new EventStream(() => undefined);
    for (let n = 0; n < 1_000; n++) stream.send(String(n));
    stream.end();
    const events: unknown[] = [];
    for await (const event of stream) events.push(event);
    expect(events).toHaveLength(1_000);
  });

  it('lets what waits be read when it ends, and takes nothing more', async () => {
    const stream = new EventStream(() => undefined);
    stream.send('1');
    stream.end();
    stream.end();
    stream.send('2');
    const events: unknown[] = [];
    for await (const event of stream) events.push(event);
    expect(events).toEqual(['data:1\n\n']);
  });
});
