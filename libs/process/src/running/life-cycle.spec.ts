import type { Logger } from '@gemel/application/ports';
import { LifeCycle, StopFailed } from './life-cycle.js';
import type { Stage } from './life-cycle.js';

const ignore = (): void => undefined;
const silent: Logger = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/** A life cycle of two sources and two sinks that say what they do. */
function aLifeCycle(changed: Partial<Record<string, () => Promise<void>>> = {}) {
  const done: string[] = [];
  const stage = (name: string): Stage => ({
    name,
    start: () => void done.push(`+${name}`),
    stop: async () => {
      await changed[name]?.();
      done.push(`-${name}`);
    },
  });
  const lifeCycle = new LifeCycle(silent);
  lifeCycle.take({ sources: [stage('broker'), stage('target')], sinks: [stage('reader'), stage('store')] });
  return { lifeCycle, done };
}

describe('LifeCycle', () => {
  it('starts what is written to before what writes, and ends in the order of the data', async () => {
    const { lifeCycle, done } = aLifeCycle();
    await lifeCycle.onApplicationBootstrap();
    expect(done).toEqual(['+store', '+reader', '+broker', '+target']);
    await lifeCycle.beforeApplicationShutdown();
    await lifeCycle.onApplicationShutdown();
    expect(done.slice(4)).toEqual(['-broker', '-target', '-reader', '-store']);
  });

  it('is running once the server listens, and stopping from the first moment of the end', async () => {
    const { lifeCycle } = aLifeCycle();
    await lifeCycle.onApplicationBootstrap();
    expect(lifeCycle.phase).toBe('starting');
    lifeCycle.started();
    expect(lifeCycle.phase).toBe('running');
    const ending = lifeCycle.beforeApplicationShutdown();
    expect(lifeCycle.phase).toBe('stopping');
    await ending;
  });

  it('tells what has not ended yet', async () => {
    let release = ignore;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { lifeCycle } = aLifeCycle({ target: () => held });
    const ending = lifeCycle.beforeApplicationShutdown();
    expect(lifeCycle.closing).toEqual(['broker', 'target']);
    release();
    await ending;
    expect(lifeCycle.closing).toEqual(['HTTP requests']);
    await lifeCycle.onApplicationShutdown();
    expect(lifeCycle.closing).toEqual([]);
  });

  it('ends the others when one fails, and says which', async () => {
    const { lifeCycle, done } = aLifeCycle({ reader: () => Promise.reject(new Error('no')) });
    await lifeCycle.beforeApplicationShutdown();
    await expect(lifeCycle.onApplicationShutdown()).rejects.toThrow(StopFailed);
    expect(done).toContain('-store');
    expect(lifeCycle.closing).toEqual(['reader']);
  });
});
