import { median, sampleDeviation } from '@gemel/model/statistics';
import type { Aggregate, Sample, Window } from '@gemel/application/ports';
import type { Row } from '@gemel/sqlite';
import { IS_NUMBER, fromColumn } from './value-codec.js';

/** How SQL computes an aggregate of a window; those missing need all values of it. */
const EXPRESSIONS: Readonly<Partial<Record<Aggregate, string>>> = {
  mean: 'avg(value)',
  min: 'min(value)',
  max: 'max(value)',
  // Unlike sum(), total() does not overflow.
  sum: 'total(value)',
  count: 'count(*)',
  spread: 'max(value) - min(value)',
  // SQLite takes a bare column from the row that holds the extreme.
  first: 'value, min(time)',
  last: 'value, max(time)',
};

const COUNT_ALL_TYPES: readonly Aggregate[] = ['count', 'first', 'last'];

/** Start of the window that a time is in, also before 1970. */
const WINDOW_START = 'time - ((time % :every) + :every) % :every';

/** SQL for the windows of a range, given the condition on the series; undefined when SQL cannot compute the aggregate. */
export function windowSql({ every, aggregate }: Window, ofSeries: string): string | undefined {
  const expression = EXPRESSIONS[aggregate];
  if (expression === undefined) return undefined;
  const start = WINDOW_START.replaceAll(':every', String(every));
  const numbers = COUNT_ALL_TYPES.includes(aggregate) ? '' : `AND ${IS_NUMBER}`;
  const [value = '', extreme] = expression.split(', ');
  return `SELECT ${start} AS start, ${value} AS value${extreme === undefined ? '' : `, ${extreme} AS extreme`}
    FROM points WHERE ${ofSeries} AND time >= ? AND time < ? ${numbers} GROUP BY 1 ORDER BY 1 LIMIT ?`;
}

/** Folds numbers in time order into windows, for what SQL cannot. */
export function foldWindows(rows: Iterable<Row>, { every, aggregate }: Window, limit: number): readonly Sample[] {
  const samples: Sample[] = [];
  let start: number | undefined;
  let values: number[] = [];
  const finish = () => {
    if (start !== undefined)
      samples.push({ time: start, value: aggregate === 'median' ? median(values) : sampleDeviation(values) });
  };
  for (const row of rows) {
    const time = Math.floor(Number(row['time']) / every) * every;
    if (time !== start) {
      finish();
      if (samples.length >= limit) return samples;
      start = time;
      values = [];
    }
    values.push(Number(fromColumn(row['value'])));
  }
  finish();
  return samples;
}
