import type { Logger, PartState } from '@gemel/application/ports';
import type { Phase } from '../running/index.js';
import { Readiness } from './readiness.js';

/** A readiness that needs MongoDB and can do without Kafka. */
function aReadiness(states: readonly PartState[] | Error, phase: Phase = 'running') {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const log: Logger = {
    error: ignore,
    info: ignore,
    debug: ignore,
    warn: (_fields, message) => warnings.push(message),
  };
  let asked = 0;
  const ask = () => {
    asked += 1;
    return states instanceof Error ? Promise.reject(states) : Promise.resolve(states);
  };
  const readiness = new Readiness({ lifeCycle: { phase }, ask, required: ['mongodb'], log });
  return { readiness, warnings, asked: () => asked };
}

const mongodb: PartState = { name: 'mongodb', status: 'UP' };
const kafka: PartState = { name: 'kafka', status: 'UP' };

describe('Readiness', () => {
  it('is up when all parts are', async () => {
    const { readiness, warnings } = aReadiness([mongodb, kafka]);
    expect(await readiness.check()).toEqual({
      isReady: true,
      report: {
        status: 'UP',
        phase: 'running',
        parts: { mongodb: { status: 'UP', required: true }, kafka: { status: 'UP', required: false } },
      },
    });
    expect(warnings).toEqual([]);
  });

  it('stays ready, but degraded, without what it can do without', async () => {
    const { readiness } = aReadiness([mongodb, { name: 'kafka', status: 'DOWN', reason: 'no broker answers' }]);
    expect(await readiness.check()).toMatchObject({
      isReady: true,
      report: { status: 'DEGRADED', parts: { kafka: { status: 'DOWN', reason: 'no broker answers' } } },
    });
  });

  it('stays ready, but degraded, while what it needs does some of its work', async () => {
    const { readiness, warnings } = aReadiness([{ name: 'mongodb', status: 'DEGRADED', reason: 'it is full' }, kafka]);
    expect(await readiness.check()).toMatchObject({
      isReady: true,
      report: { status: 'DEGRADED', parts: { mongodb: { status: 'DEGRADED', required: true, reason: 'it is full' } } },
    });
    expect(warnings).toHaveLength(1);
  });

  it('is not ready without what it needs, also when nobody says anything about it', async () => {
    const down = aReadiness([{ name: 'mongodb', status: 'DOWN' }, kafka]);
    expect(await down.readiness.check()).toMatchObject({ isReady: false, report: { status: 'DOWN' } });
    for (const states of [[kafka], new Error('lost')]) {
      expect(await aReadiness(states).readiness.check()).toMatchObject({
        isReady: false,
        report: { parts: { mongodb: { status: 'DOWN', reason: 'nothing is known about it' } } },
      });
    }
  });

  it.each(['starting', 'stopping'] as const)('is not ready while the process is %s', async (phase) => {
    const { readiness, asked } = aReadiness([mongodb], phase);
    expect(await readiness.check()).toEqual({ isReady: false, report: { status: 'DOWN', phase } });
    expect(asked()).toBe(0);
  });

  it('asks the parts once for all who ask at the same time, and logs a change once', async () => {
    const { readiness, asked, warnings } = aReadiness([{ name: 'mongodb', status: 'DOWN' }]);
    await Promise.all([readiness.check(), readiness.check(), readiness.check()]);
    await readiness.check();
    expect(asked()).toBe(1);
    expect(warnings).toEqual(['parts are not there, or do not do all of their work']);
  });
});
