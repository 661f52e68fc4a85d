import { EventStream } from './index.js';

describe('EventStream', () => {
  it('ends a client that does not read, once 100 events wait', () => {
    let slow = 0;
    let closed = 0;
    const stream = new EventStream(() => slow++);
    stream.onClose(() => closed++);
    for (let n = 0; n < 100; n++) stream.send(String(n));
    expect(stream.destroyed).toBe(false);
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
