import { EventEmitter, once } from 'node:events';
import type { LogFields, Logger } from '@gemel/application/ports';
import { stopOnSignals } from './stop-on-signals.js';
import type { Host } from './stop-on-signals.js';

/** A process that hears of signals and tells of its end instead of ending. */
class FakeHost extends EventEmitter implements Host {
  readonly exited = once(this, 'exit').then(([status]) => status as number);

  exit(status: number): void {
    this.emit('exit', status);
  }
}

const ignore = (): void => undefined;
const never = new Promise<void>(ignore);

function logging(): { log: Logger; errors: LogFields[] } {
  const errors: LogFields[] = [];
  return { log: { error: (fields) => errors.push(fields), warn: ignore, info: ignore, debug: ignore }, errors };
}

describe('stopOnSignals', () => {
  it.each(['SIGINT', 'SIGTERM'])('ends with status 0 when all has ended in good order, at %s', async (signal) => {
    const host = new FakeHost();
    stopOnSignals({ close: () => Promise.resolve(), closing: () => [] }, logging().log, { host });
    host.emit(signal);
    expect(await host.exited).toBe(0);
  });

  it('says what hangs at the deadline, and ends with status 1', async () => {
    const host = new FakeHost();
    const { log, errors } = logging();
    stopOnSignals({ close: () => never, closing: () => ['event readers'] }, log, { host, deadlineMs: 1 });
    // The timer alone keeps no process alive.
    const alive = setInterval(ignore, 1_000);
    host.emit('SIGTERM');
    expect(await host.exited).toBe(1);
    clearInterval(alive);
    expect(errors).toEqual([{ waitingFor: ['event readers'], deadlineMs: 1 }]);
  });

  it('does not wait after a second signal', async () => {
    const host = new FakeHost();
    stopOnSignals({ close: () => never, closing: () => [] }, logging().log, { host });
    host.emit('SIGTERM');
    host.emit('SIGINT');
    expect(await host.exited).toBe(1);
  });

  it('ends with status 1 when something could not end in good order', async () => {
    const host = new FakeHost();
    const { log, errors } = logging();
    const error = new Error('no');
    stopOnSignals({ close: () => Promise.reject(error), closing: () => ['stores'] }, log, { host });
    host.emit('SIGTERM');
    expect(await host.exited).toBe(1);
    expect(errors).toEqual([{ error, waitingFor: ['stores'] }]);
  });
});
