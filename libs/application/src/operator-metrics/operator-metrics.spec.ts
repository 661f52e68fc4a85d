import { readFileSync } from 'node:fs';
import { parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { parseOperatorMetrics } from '@gemel/model/operator-metrics';
import { thingChange, thingDeletion } from '@gemel/testkit/contracts';
import { MemorySearch, MemoryStore, VirtualTimers } from '@gemel/testkit/memory';
import { createPolicies } from '../policies/index.js';
import type { LogFields, Meter, ThingSearch } from '../ports/index.js';
import { QueryWatch, SearchService } from '../search/index.js';
import { OperatorMetrics } from './index.js';

const ignore = (): void => undefined;
const MINUTE = 60_000;
const BY_PLACE = {
  filter: 'exists(attributes/on)',
  groupBy: { place: 'attributes/place' },
  tags: { place: "{{ group-by:place | fn:default('nowhere') }}" },
};

function setUp(definitions: JsonObject, maxSeries = 100) {
  const store = new MemoryStore();
  const timers = new VirtualTimers();
  const clock = { now: () => timers.now() };
  const warnings: LogFields[] = [];
  const log = { error: ignore, warn: (fields: LogFields) => warnings.push(fields), info: ignore, debug: ignore };
  const index = { fault: undefined as Error | undefined, visits: 0 };
  const memory = new MemorySearch(store);
  const search: ThingSearch = {
    find: (query) => memory.find(query),
    count: (query) => memory.count(query),
    visit: async (query, tell) => {
      index.visits += 1;
      if (index.fault !== undefined) throw index.fault;
      await memory.visit(query, tell);
    },
  };
  const { enforcers } = createPolicies({ log: store, states: store, clock, archive: store.archive });
  const metrics = new OperatorMetrics(
    parseOperatorMetrics(definitions),
    { intervalMs: 15 * MINUTE, maxSeries },
    { search: new SearchService(search, enforcers, new QueryWatch(clock, log)), timers, log },
  );
  return {
    ...{ store, timers, metrics, warnings, index },
    put: (things: Readonly<Record<string, JsonObject>>) =>
      store.append(Object.entries(things).map(([id, attributes]) => thingChange(id, 1, attributes))),
    shown: (name: string) => shownOf(metrics.meters, name),
  };
}

/** As lines of the page. */
async function shownOf(meters: readonly Meter[], name: string): Promise<readonly string[]> {
  const samples = await meters.find((meter) => meter.name === name)?.read();
  if (samples === undefined || typeof samples === 'number') throw new Error(`there is no ${name}`);
  return samples.map(({ labels, value }) => {
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`;
  });
}

describe('Operator metrics: refreshing', () => {
  it('shows the numbers of the last count, whoever may read the things', async () => {
    const { put, metrics, shown, timers } = setUp({ on: BY_PLACE, all: { scrapeInterval: '1m' } });
    await put({ 'a:1': { on: 1, place: 'b' }, 'a:2': { on: 0, place: 'b' }, 'a:3': { on: 0 }, 'a:4': { place: 'c' } });
    expect([await shown('on'), await shown('all')]).toEqual([[], []]);
    const running = metrics.start();
    await timers.advance(0);
    expect([await shown('on'), await shown('all')]).toEqual([['on{place="b"} 2', 'on{place="nowhere"} 1'], ['all 4']]);
    await put({ 'a:5': { on: 1, place: 'c' } });
    await timers.advance(MINUTE);
    expect([await shown('on'), await shown('all')]).toEqual([['on{place="b"} 2', 'on{place="nowhere"} 1'], ['all 5']]);
    expect(await shown('gemel_operator_metric_age_seconds')).toEqual([
      'gemel_operator_metric_age_seconds{metric="on"} 60',
      'gemel_operator_metric_age_seconds{metric="all"} 0',
    ]);
    await timers.advance(14 * MINUTE);
    expect(await shown('on')).toEqual(['on{place="b"} 2', 'on{place="nowhere"} 1', 'on{place="c"} 1']);
    await running.stop();
  });

  it('shows a group no more that is not there any more', async () => {
    const { store, put, metrics, shown, timers } = setUp({ on: BY_PLACE });
    await put({ 'a:1': { on: 1, place: 'b' }, 'a:2': { on: 1, place: 'c' } });
    const running = metrics.start();
    await timers.advance(0);
    expect(await shown('on')).toHaveLength(2);
    await store.append([thingDeletion('a:2', 2)]);
    await timers.advance(15 * MINUTE);
    expect(await shown('on')).toEqual(['on{place="b"} 1']);
    await running.stop();
  });

  it('shows nothing when it does not run, and begins again', async () => {
    const { put, metrics, shown, timers } = setUp({ all: {} });
    await put({ 'a:1': {} });
    for (let times = 0; times < 2; times++) {
      const running = metrics.start();
      await timers.advance(0);
      expect(await shown('all')).toEqual(['all 1']);
      await running.stop();
      expect([await shown('all'), await shown('gemel_operator_metric_age_seconds')]).toEqual([[], []]);
    }
  });

  it('keeps the numbers of before while it cannot count, and tries again', async () => {
    const { put, metrics, shown, timers, index, warnings } = setUp({ all: {} });
    const running = metrics.start();
    await timers.advance(0);
    await put({ 'a:1': {} });
    index.fault = new Error('the database is away');
    await timers.advance(15 * MINUTE);
    expect(await shown('all')).toEqual(['all 0']);
    expect(warnings).toEqual([{ error: index.fault, metric: 'all' }]);
    index.fault = undefined;
    await timers.advance(MINUTE / 2);
    expect(await shown('all')).toEqual(['all 1']);
    await running.stop();
  });

  it('warns once of a metric with too many series', async () => {
    const { put, metrics, shown, timers, warnings } = setUp({ on: { ...BY_PLACE, scrapeInterval: '1m' } }, 2);
    await put({ 'a:1': { on: 1, place: 'b' }, 'a:2': { on: 1, place: 'c' }, 'a:3': { on: 1, place: 'd' } });
    const running = metrics.start();
    await timers.advance(3 * MINUTE);
    expect(await shown('on')).toEqual(['on{place="b"} 1', 'on{place="c"} 1']);
    expect(await shown('gemel_operator_metric_things_left_out')).toEqual([
      'gemel_operator_metric_things_left_out{metric="on"} 1',
    ]);
    expect(warnings).toEqual([{ metric: 'on', maxSeries: 2, leftOut: 1 }]);
    await running.stop();
  });

  it('asks nothing when nothing is to be counted', async () => {
    const { metrics, timers, index } = setUp({ off: { enabled: false } });
    const running = metrics.start();
    await timers.advance(60 * MINUTE);
    expect([metrics.meters, index.visits]).toEqual([[], 0]);
    await running.stop();
  });
});

describe('the page on operations', () => {
  it('shows metrics as they are', async () => {
    const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const [, chapter = ''] = page.split('## Metrics of your own');
    const [definitions, things, lines] = [...chapter.matchAll(/```\w+\n([^]*?)```/g)].map(([, text = '']) => text);
    const described = parseJson(definitions ?? '') as Record<string, JsonObject>;
    const { put, metrics, shown, timers } = setUp(described);
    await put(parseJson(things ?? '') as Record<string, JsonObject>);
    const running = metrics.start();
    await timers.advance(0);
    const all = await Promise.all(Object.keys(described).map(shown));
    expect(all.flat().join('\n')).toBe(lines?.trimEnd());
    await running.stop();
  });
});
