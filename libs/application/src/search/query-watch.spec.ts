import type { LogFields, Logger } from '../ports/index.js';
import { QueryTimeExceeded, QueryWatch } from './query-watch.js';

const ignore = (): void => undefined;

function openWatch() {
  const time = { now: 0 };
  const warnings: LogFields[] = [];
  const log: Logger = { error: ignore, warn: (fields) => warnings.push(fields), info: ignore, debug: ignore };
  const watch = new QueryWatch({ now: () => time.now }, log, { maxQueryMs: 5_000, slowQueryMs: 1_000 });
  const read = async (name: string) => watch.meters.find((meter) => meter.name === name)?.read();
  return { time, warnings, watch, read };
}

const asked = { filter: 'eq(thingId,"a:b")', namespaces: ['a'] };
const context = { headers: { 'correlation-id': 'c-1' } };

describe('Search: Slow query log', () => {
  it('tells what took longer than its threshold', async () => {
    const { time, warnings, watch, read } = openWatch();
    const taking = (ms: number) =>
      watch.watch('query', asked, context, async () => {
        time.now += ms;
        return ms;
      });
    expect(await taking(1_000)).toBe(1_000);
    expect(warnings).toEqual([]);
    await taking(1_001);
    expect(warnings).toEqual([{ kind: 'query', ms: 1_001, ...asked, correlationId: 'c-1' }]);
    expect(await read('gemel_search_slow_queries_total')).toBe(1);
    expect(await read('gemel_search_queries_total')).toEqual([{ labels: { kind: 'query' }, value: 2 }]);
    expect(await read('gemel_search_seconds_total')).toEqual([{ labels: { kind: 'query' }, value: 2.001 }]);
  });

  it('counts what fails, too, and no negative time when the clock jumps back', async () => {
    const { time, watch, read } = openWatch();
    const failing = watch.watch('count', asked, {}, async () => {
      time.now -= 500;
      throw new Error('no store');
    });
    await expect(failing).rejects.toThrow('no store');
    expect(await read('gemel_search_seconds_total')).toEqual([{ labels: { kind: 'count' }, value: 0 }]);
  });
});

describe('Search: Query limits', () => {
  it('ends a query that takes too long with 408', async () => {
    const { time, watch, read } = openWatch();
    const endless = watch.watch('query', asked, context, async (proceed) => {
      for (;;) {
        time.now += 100;
        proceed();
      }
    });
    await expect(endless).rejects.toThrow(QueryTimeExceeded);
    await expect(endless).rejects.toMatchObject({ code: 'thing-search:query.time.exceeded', status: 408 });
    expect(time.now).toBe(5_100);
    expect(await read('gemel_search_given_up_total')).toBe(1);
  });
});
