import { isDeepStrictEqual } from 'node:util';
import { AGGREGATES, HistoryUnavailable } from '@gemel/application/ports';
import type { Sample } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { describeHistoryStore } from '@gemel/testkit/contracts';
import type { OpenedHistory } from '@gemel/testkit/contracts';
import { ALL, NOW, influxServer, point, recordedLogger, samplesOf } from '@gemel/testkit/influx';
import type { LoggedLine } from '@gemel/testkit/influx';
import { MemoryHistory } from '@gemel/testkit/memory';
import fc from 'fast-check';
import { openInfluxHistory } from './index.js';
import type { InfluxHistory, InfluxHistoryOptions } from './index.js';

const server = influxServer();

const open = (bucket: string, options: Partial<InfluxHistoryOptions> = {}) =>
  openInfluxHistory({ ...server, bucket, log: recordedLogger([]), now: Date.now, ...options });

async function opened(bucket: string): Promise<OpenedHistory> {
  const history = await open(bucket);
  return {
    history,
    reopen: async () => {
      await history.close();
      return opened(bucket);
    },
    close: async () => {
      await history.close();
      await server.removeBucket(bucket);
    },
  };
}

// Each case asks the server some ten times.
describeHistoryStore('InfluxHistory', () => opened(server.newBucketName()), { propertyRuns: 60 });

describe('InfluxHistory', () => {
  let bucket = '';
  let lines: LoggedLine[] = [];
  const histories: InfluxHistory[] = [];

  const opening = async (options: Partial<InfluxHistoryOptions> = {}) => {
    const history = await open(bucket, { log: recordedLogger(lines), ...options });
    histories.push(history);
    return history;
  };

  beforeEach(() => {
    bucket = server.newBucketName();
    lines = [];
  });

  afterEach(async () => {
    for (const history of histories.splice(0)) await history.close();
    await server.removeBucket(bucket);
  });

  const flux = (pipeline: string) => server.flux(bucket, pipeline);

  describe('for the dashboards of OpenTwins', () => {
    it('gives the values of one time as one row of a pivot', async () => {
      const history = await opening();
      await history.write([point('mycar', NOW, 36.7, 'latitude'), point('mycar', NOW, -4.4, 'longitude')], 1);
      const table = await flux(
        'filter(fn: (r) => r._measurement == "mqtt_consumer" and r.thingId == "example:mycar" and ' +
          '(r._field == "value_gps_properties_latitude" or r._field == "value_gps_properties_longitude")) ' +
          '|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") ' +
          '|> drop(columns: ["_start", "_stop"])',
      );
      expect(table.trim().split('\r\n')).toEqual([
        ',result,table,_time,_measurement,originator,thingId,value_gps_properties_latitude,value_gps_properties_longitude',
        ',_result,0,2024-05-17T11:00:44.787Z,mqtt_consumer,nginx:ditto,example:mycar,36.7,-4.4',
      ]);
    });

    it('keeps apart what has the same names for them', async () => {
      const history = await opening();
      const flat = { ...point('a', NOW, 1), path: '/features/gps/properties/x_y', field: 'value_gps_properties_x_y' };
      const nested = { ...flat, path: '/features/gps/properties/x/y', value: 2 };
      await history.write([flat, nested], 1);
      const other = await opening();
      await other.write([{ ...nested, time: NOW + 1, value: 3 }], 2);
      const series = await other.series({ paths: [nested.path] });
      expect(await other.samples(series, ALL)).toEqual([
        { time: NOW, value: 2 },
        { time: NOW + 1, value: 3 },
      ]);
      expect(await other.samples(await other.series({ paths: [flat.path] }), ALL)).toEqual([{ time: NOW, value: 1 }]);
    });
  });

  describe('with values of several types', () => {
    it('keeps those that conflict as text, says so once, and reads them with the rest', async () => {
      const history = await opening();
      await history.write([point('a', NOW, 1), point('b', NOW, 'on')], 1);
      await history.write([point('b', NOW + 1, 'off'), point('b', NOW + 2, 2), point('b', NOW + 3, true)], 2);
      expect((await samplesOf(history, 'b')).map(({ value }) => value)).toEqual(['on', 'off', 2, true]);
      expect(history.faultCounts).toEqual({ conflicts: 3, refused: 0 });
      expect(lines.filter(({ level }) => level === 'warn')).toEqual([
        expect.objectContaining({ thingId: 'example:b', type: 'string', fieldType: 'number' }),
      ]);
      expect(
        await flux('filter(fn: (r) => r._measurement == "mqtt_consumer_text") |> keep(columns: ["_value"])'),
      ).toContain('on');
      expect(
        await flux(
          'filter(fn: (r) => r._measurement == "mqtt_consumer_text" and r._value =~ /^-?[0-9]/) |> toFloat() |> sum()',
        ),
      ).toMatch(/,2\r\n/);
      // Its one number is where dashboards look.
      expect(
        await flux('filter(fn: (r) => r._measurement == "mqtt_consumer" and r.thingId == "example:b") |> count()'),
      ).toContain(',1,value_gps_properties_value,');
    });

    it('takes the last written value of a time, whichever types came before', async () => {
      const history = await opening();
      for (const [index, value] of [1, 'two', 3, true, 5].entries())
        await history.write([point('a', NOW, value)], index);
      expect(await samplesOf(await opening(), 'a')).toEqual([{ time: NOW, value: 5 }]);
    });

    it('keeps the type of a field across shards, where InfluxDB would lose what it reads', async () => {
      const week = 7 * 86_400_000_000;
      await (await opening()).write([point('a', NOW, 1)], 1);
      const history = await opening();
      await history.write([point('b', NOW + 10 * week, 'x')], 2);
      await history.write([point('a', NOW + 10 * week, 2), point('a', NOW + 20 * week, 3)], 3);
      expect((await samplesOf(history, 'a')).map(({ value }) => value)).toEqual([1, 2, 3]);
      expect((await samplesOf(history, 'b')).map(({ value }) => value)).toEqual(['x']);
    });

    it('keeps as text what somebody else has made a field of another type', async () => {
      const history = await opening();
      const written = `mqtt_consumer,thingId=x value_gps_properties_value="text" ${NOW}`;
      await server.api('POST', `write?org=${server.org}&bucket=${bucket}&precision=us`, written);
      const others = Array.from({ length: 100 }, (_, index) => point('a', NOW + index, index, 'latitude'));
      await history.write([...others.slice(0, 50), point('a', NOW, 1), point('b', NOW, 2), ...others.slice(50)], 1);
      expect(await samplesOf(history, 'b')).toEqual([{ time: NOW, value: 2 }]);
      expect(await samplesOf(history, 'a')).toHaveLength(101);
      expect(history.faultCounts).toEqual({ conflicts: 2, refused: 0 });
    });
  });

  it('stores the rest of a batch when a point cannot be kept, and says which', async () => {
    const history = await opening();
    const bad = [
      { ...point('bad', NOW, 1), field: 'x'.repeat(30_000) },
      point('bad', NOW, Number.NaN),
      point('bad', NOW + 0.5, 1),
      point('bad', NOW, 'x'.repeat(1_048_577)),
    ];
    await history.write([point('a', NOW, 1), ...bad, point('a', NOW + 1, 'x'.repeat(1_048_576), 'text')], 1);
    expect((await samplesOf(history, 'a')).map(({ value }) => String(value).length)).toEqual([1, 1_048_576]);
    expect(history.faultCounts.refused).toBe(4);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(await history.position()).toBe(1);
  });

  it('gives empty texts back where there are no others', async () => {
    const history = await opening();
    await history.write([point('a', NOW, '', 'text'), point('a', NOW, 1), point('b', NOW, '')], 1);
    expect(await samplesOf(history, 'b')).toEqual([{ time: NOW, value: '' }]);
    const series = await history.series({ fields: ['value_gps_properties_text'] });
    expect(await history.samples(series, ALL)).toEqual([{ time: NOW, value: '' }]);
    expect(await history.windows(series, ALL, { every: 1, aggregate: 'last' })).toEqual([{ time: NOW, value: '' }]);
  });

  it('reads the series of a thousand simulation runs as one', async () => {
    const history = await opening();
    const points = Array.from({ length: 1_000 }, (_, index) => ({
      ...point('a', NOW + index, index),
      tags: { idSimulationRun: `run ${index}` },
    }));
    await history.write(points, 1);
    const series = await history.series({ thingIds: ['example:a'] });
    expect(await history.samples(series, ALL, { limit: 2, newestFirst: true })).toEqual([
      { time: NOW + 999, value: 999 },
      { time: NOW + 998, value: 998 },
    ]);
    for (const aggregate of ['mean', 'median'] as const)
      expect(await history.windows(series, ALL, { every: 2 * NOW, aggregate })).toEqual([{ time: 0, value: 499.5 }]);
    expect(await history.windows(series, ALL, { every: 2 * NOW, aggregate: 'last' })).toEqual([
      { time: 0, value: 999 },
    ]);
    expect(await history.series({ thingIds: points.map((_, index) => `example:${index}`) })).toEqual([]);
  });

  it('takes batches at the same time that bring the same new names', async () => {
    const history = await opening();
    const batch = (index: number) => [
      point('a', NOW + index, index),
      point('a', NOW + index, index % 2 === 0 ? index : 'x', 'new'),
    ];
    await Promise.all(Array.from({ length: 10 }, (_, index) => history.write(batch(index), index)));
    const series = await history.series({});
    expect(series).toHaveLength(2);
    expect(await history.samples(series, ALL)).toHaveLength(20);
    expect(await history.samples(series, { from: NOW, to: NOW })).toEqual([]);
  });

  it('answers as a store in memory does, whatever names and values come', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc
        .array(fc.constantFrom(',', '=', ' ', '\\', '\n', '\r', '"', '\0', '${', 'a'), { maxLength: 5 })
        .map((parts) => parts.join('')),
    );
    const values = fc.oneof(
      texts,
      fc.boolean(),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((number) => number + 0),
      fc.constantFrom('true', '1', '"'),
    );
    const points = fc.record({
      thingId: fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('', ' ', ',', '=', '\\', '\uFF3C', '"', '${x}', '('))
        .map((parts) => parseThingId(`example:${parts.join('')}`)),
      path: texts.map((text) => `/attributes/${text}`),
      tags: fc.dictionary(fc.oneof(texts, fc.constantFrom('time', 'thingId', '_field', 'parent')), texts, {
        maxKeys: 2,
      }),
      time: fc.integer({ min: NOW, max: NOW + 5 }),
      value: values,
    });
    const batches = fc.array(fc.array(points, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 });
    const history = await opening();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(batches, fc.constantFrom(...AGGREGATES), async (written, aggregate) => {
        run += 1;
        const expected = new MemoryHistory();
        const prefix = `example:r${run}.`;
        for (const [index, batch] of written.entries()) {
          const named = batch.map((one) => ({
            ...one,
            thingId: parseThingId(one.thingId.replace('example:', prefix)),
            field: `value_${one.path.slice(1).replaceAll('/', '_')}`,
          }));
          await history.write(named, index);
          await expected.write(named, index);
        }
        const wanted = await expected.series({ thingIdPrefix: prefix });
        const actual = await history.series({ thingIdPrefix: prefix });
        expect(actual).toHaveLength(wanted.length);
        for (const one of wanted) {
          const same = actual.filter(
            ({ key }) =>
              isDeepStrictEqual({ ...key.tags }, { ...one.key.tags }) &&
              key.path === one.key.path &&
              key.thingId === one.key.thingId,
          );
          expect(same).toHaveLength(1);
          const filter = { thingIds: [one.key.thingId], fields: [one.key.field] };
          const byField = { thingIdPrefix: prefix, fields: [one.key.field], paths: [one.key.path] };
          expect(await history.series(filter)).toHaveLength((await expected.series(filter)).length);
          expect(await history.series(byField)).toHaveLength((await expected.series(byField)).length);
          expect(await history.samples(same, ALL)).toEqual(await expected.samples([one], ALL));
          const window = { every: 3, aggregate };
          expectClose(await history.windows(same, ALL, window), await expected.windows([one], ALL, window));
        }
      }),
      { numRuns: 20 },
    );
    expect(history.faultCounts.refused).toBe(0);
  });

  it('leaves out points that the retention has removed already', async () => {
    const history = await opening({ retentionDays: 1 });
    const now = Date.now() * 1_000;
    await history.write([point('a', NOW, 1), point('a', now, 2), point('a', now - 86_400_000_000, 3)], 1);
    const series = await history.series({});
    expect(await history.samples(series, { from: 0, to: 2 * now })).toEqual([{ time: now, value: 2 }]);
    expect(history.faultCounts.refused).toBe(0);
  });

  it('ends writes that are under way before it closes, and takes none after', async () => {
    const history = await opening();
    const writing = history.write([point('a', NOW, 1)], 1);
    await history.close();
    await writing;
    await expect(history.write([], 2)).rejects.toThrow(HistoryUnavailable);
    expect(await samplesOf(await opening(), 'a')).toHaveLength(1);
  });
});

/** Sums in another order differ in their last digits. */
function expectClose(actual: readonly Sample[], expected: readonly Sample[]): void {
  expect(actual.map(({ time }) => time)).toEqual(expected.map(({ time }) => time));
  for (const [index, { value }] of expected.entries()) {
    if (typeof value === 'number') expect(actual[index]?.value).toBeCloseTo(value, 5);
    else expect(actual[index]?.value).toBe(value);
  }
}
