import { AGGREGATES } from '@gemel/application/ports';
import type { Aggregate, HistoryStore, Point, PointValue, Sample } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import fc from 'fast-check';

/** A store for one test. */
export interface OpenedHistory {
  readonly history: HistoryStore;
  /** The same data opened again, as after a restart. */
  reopen(): Promise<OpenedHistory>;
  close(): Promise<void>;
}

const ALL = { from: 0, to: 10 ** 15 };

function point(
  name: string,
  time: number,
  value: PointValue,
  tags: Point['tags'] = { originator: 'nginx:ditto' },
): Point {
  return {
    thingId: parseThingId(`example:${name}`),
    path: '/features/velocity/properties/value',
    field: 'value_velocity_properties_value',
    tags,
    time,
    value,
  };
}

/** Cases of a property; a store that asks a server affords fewer in the same time. */
const PROPERTY_RUNS = 200;

/** What every time series store promises. */
export function describeHistoryStore(
  name: string,
  open: () => Promise<OpenedHistory>,
  { propertyRuns = PROPERTY_RUNS }: { readonly propertyRuns?: number } = {},
): void {
  describe(`${name} as a history store`, () => {
    let opened: OpenedHistory;

    beforeEach(async () => {
      opened = await open();
    });

    afterEach(async () => {
      await opened.close();
    });

    const samplesOf = async (thing: string, limits = {}) =>
      opened.history.samples(await opened.history.series({ thingIds: [`example:${thing}`] }), ALL, limits);

    it('begins at position 0, without series', async () => {
      expect(await opened.history.position()).toBe(0);
      expect(await opened.history.series({})).toEqual([]);
      expect(await opened.history.samples([], ALL)).toEqual([]);
    });

    it('stores points and position together, over a restart', async () => {
      await opened.history.write([point('a', 2, 1.5), point('a', 1, 1)], 7);
      await opened.history.write([], 9);
      opened = await opened.reopen();
      expect(await opened.history.position()).toBe(9);
      expect(await samplesOf('a')).toEqual([
        { time: 1, value: 1 },
        { time: 2, value: 1.5 },
      ]);
      await opened.history.write([point('a', 3, 2)], 10);
      expect(await samplesOf('a')).toHaveLength(3);
    });

    it('keeps one sample of a series and time, the last written', async () => {
      await opened.history.write([point('a', 1, 1), point('a', 1, 2)], 1);
      await opened.history.write([point('a', 1, 'three')], 2);
      expect(await samplesOf('a')).toEqual([{ time: 1, value: 'three' }]);
    });

    it('gives every value back as it was', async () => {
      const values = [0, -1, 1.5, 1e300, 5e-324, 2 ** 53, -(2 ** 60), true, false, '', 'text', '1', 'ö\u{1F697}"'];
      const time = 1_715_943_644_787_000;
      await opened.history.write(
        values.map((value, index) => point('a', time + index, value)),
        1,
      );
      expect(await opened.history.samples(await opened.history.series({}), { from: time, to: time + 100 })).toEqual(
        values.map((value, index) => ({ time: time + index, value })),
      );
    });

    it('takes the start of a range and leaves its end', async () => {
      await opened.history.write(
        [1, 2, 3, 4].map((time) => point('a', time, time)),
        1,
      );
      const series = await opened.history.series({});
      expect(await opened.history.samples(series, { from: 2, to: 4 })).toEqual([
        { time: 2, value: 2 },
        { time: 3, value: 3 },
      ]);
      expect(await samplesOf('a', { limit: 2 })).toEqual([1, 2].map((time) => ({ time, value: time })));
      expect(await samplesOf('a', { limit: 2, newestFirst: true })).toEqual(
        [4, 3].map((time) => ({ time, value: time })),
      );
    });

    it('finds series by thing, prefix, path and field, in order', async () => {
      const hostile = "x'); DROP TABLE points; --";
      const other = { ...point('b', 1, 1), path: `/attributes/${hostile}`, field: `value_attributes_${hostile}` };
      await opened.history.write([point('b', 1, 1), other, point('a%', 1, 1), point('a', 1, 1), point('a_b', 1, 1)], 1);
      const found = async (filter: Parameters<HistoryStore['series']>[0]) =>
        (await opened.history.series(filter)).map(({ key }) => `${key.thingId} ${key.field}`);
      const velocity = 'value_velocity_properties_value';
      expect(await found({ thingIdPrefix: 'example:a' })).toEqual([
        `example:a ${velocity}`,
        `example:a% ${velocity}`,
        `example:a_b ${velocity}`,
      ]);
      expect(await found({ thingIdPrefix: 'example:a%' })).toEqual([`example:a% ${velocity}`]);
      expect(await found({ thingIds: ['example:b', 'example:none'] })).toEqual([
        `example:b ${other.field}`,
        `example:b ${velocity}`,
      ]);
      expect(await found({ fields: [other.field] })).toEqual([`example:b ${other.field}`]);
      expect(await found({ paths: [other.path], thingIdPrefix: 'example:' })).toEqual([`example:b ${other.field}`]);
      expect(await found({ thingIds: [] })).toEqual([]);
      expect((await opened.history.series({ paths: [other.path] }))[0]?.key).toEqual({
        thingId: other.thingId,
        path: other.path,
        field: other.field,
        tags: other.tags,
      });
    });

    it('tells series apart by their tags, and reads them as one', async () => {
      const tagged = (time: number, tags: Point['tags']) => point('a', time, time, tags);
      await opened.history.write([tagged(1, { b: '1', a: '2' }), tagged(3, {}), tagged(2, { a: '2', b: '1' })], 1);
      const series = await opened.history.series({});
      expect(series).toHaveLength(2);
      expect(series.map(({ key }) => key.tags)).toEqual(expect.arrayContaining([{ a: '2', b: '1' }, {}]));
      expect((await opened.history.samples(series, ALL)).map(({ time }) => time)).toEqual([1, 2, 3]);
      expect(await opened.history.windows(series, ALL, { every: 10, aggregate: 'sum' })).toEqual([
        { time: 0, value: 6 },
      ]);
    });

    it('leaves strings and booleans to count, first and last', async () => {
      await opened.history.write([point('a', 1, 'x'), point('a', 2, 4), point('a', 3, true), point('a', 11, 'y')], 1);
      const series = await opened.history.series({});
      const windows = (aggregate: Aggregate) => opened.history.windows(series, ALL, { every: 10, aggregate });
      expect(await windows('mean')).toEqual([{ time: 0, value: 4 }]);
      expect(await windows('count')).toEqual([
        { time: 0, value: 3 },
        { time: 10, value: 1 },
      ]);
      expect(await windows('first')).toEqual([
        { time: 0, value: 'x' },
        { time: 10, value: 'y' },
      ]);
      expect(await windows('last')).toEqual([
        { time: 0, value: true },
        { time: 10, value: 'y' },
      ]);
    });

    it('computes windows as a naive reading of the samples does', async () => {
      const numbers = fc.oneof(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      );
      let thing = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), numbers), { maxLength: 30 }),
          fc.integer({ min: 1, max: 70 }),
          fc.constantFrom(...AGGREGATES),
          async (samples, every, aggregate) => {
            thing += 1;
            await opened.history.write(
              samples.map(([time, value]) => point(`w${thing}`, time, value)),
              thing,
            );
            const series = await opened.history.series({ thingIds: [`example:w${thing}`] });
            const range = { from: 20, to: 180 };
            const inRange = new Map(samples.filter(([time]) => time >= range.from && time < range.to));
            const actual = await opened.history.windows(series, range, { every, aggregate });
            const expected = naiveWindows(inRange, every, aggregate);
            expect(actual.map(({ time }) => time)).toEqual(expected.map(({ time }) => time));
            actual.forEach(({ value }, index) => {
              expect(value).toBeCloseTo(Number(expected[index]?.value), 5);
            });
            expect(await opened.history.windows(series, range, { every, aggregate, limit: 2 })).toEqual(
              actual.slice(0, 2),
            );
          },
        ),
        { numRuns: propertyRuns },
      );
    }, 60_000);
  });
}

function naiveWindows(samples: ReadonlyMap<number, number>, every: number, aggregate: Aggregate): readonly Sample[] {
  const ordered = [...samples].toSorted(([a], [b]) => a - b);
  const starts = [...new Set(ordered.map(([time]) => time - (time % every)))];
  return starts.map((start) => {
    const values = ordered.filter(([time]) => time >= start && time < start + every).map(([, value]) => value);
    return { time: start, value: naive(values, aggregate) };
  });
}

function naive(values: readonly number[], aggregate: Aggregate): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (values.length - 1) / 2;
  switch (aggregate) {
    case 'mean':
      return mean;
    case 'sum':
      return sum;
    case 'count':
      return values.length;
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'spread':
      return Math.max(...values) - Math.min(...values);
    case 'first':
      return values[0] ?? NaN;
    case 'last':
      return values.at(-1) ?? NaN;
    case 'median':
      return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
    case 'stddev':
      return values.length < 2
        ? 0
        : Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
  }
}
