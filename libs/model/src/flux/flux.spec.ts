import fc from 'fast-check';
import { annotatedCsv } from './annotated-csv.js';
import type { CsvDialect } from './annotated-csv.js';
import { Budget } from './budget.js';
import { FluxInvalid } from './flux-invalid.js';
import { DEFAULT_BUDGET, planFlux } from './plan-flux.js';
import type { Scan } from './scan.js';
import { seriesTables } from './series-tables.js';
import type { FluxSample } from './series-tables.js';

const NOW = Date.UTC(2024, 4, 17, 12) * 1000;
const MINUTE = 60_000_000;
const DIALECT: CsvDialect = { header: true, delimiter: ',', annotations: ['datatype', 'group', 'default'] };

interface Series {
  readonly thingId: string;
  readonly field: string;
  readonly samples: readonly FluxSample[];
}

const wheel = (number: number, field: string, ...values: FluxSample['value'][]): Series => ({
  thingId: `example:mycar:wheel_${number}`,
  field: `value_${field}_properties_value`,
  samples: values.map((value, index) => ({ value, time: NOW - (values.length - index) * MINUTE })),
});

function run(query: string, stored: readonly Series[], budget = DEFAULT_BUDGET) {
  const plan = planFlux(query, { now: NOW, buckets: ['default', 'opentwins'], budget: new Budget(budget) });
  return plan.pipelines.flatMap((pipeline) => {
    const scan = pipeline.scan();
    return pipeline.results(scan === undefined ? [] : stored.flatMap((series) => fetched(scan, series)));
  });
}

function fetched(scan: Scan, { thingId, field, samples }: Series) {
  const columns = new Map([
    ['_measurement', 'mqtt_consumer'],
    ['_field', field],
    ['thingId', thingId],
    ['originator', 'nginx:ditto'],
  ]);
  if (!scan.accepts(columns)) return [];
  // What the store is told must never be narrower than the filter.
  expect(scan.thingIds?.has(thingId) ?? true).toBe(true);
  expect(scan.fields?.has(field) ?? true).toBe(true);
  expect(thingId.startsWith(scan.thingIdPrefix ?? '')).toBe(true);
  return seriesTables(scan, columns, inStore(scan, samples));
}

function inStore({ start, stop, window }: Scan, samples: readonly FluxSample[]): readonly FluxSample[] {
  const inside = samples.filter(({ time }) => time >= start.micros && time < stop.micros);
  if (window === undefined) return inside;
  const startOf = ({ time }: FluxSample) => Math.floor(time / window.every) * window.every;
  const windows = new Map(
    inside.map((sample) => [startOf(sample), inside.filter((other) => startOf(other) === startOf(sample))]),
  );
  return [...windows].map(([time, held]) => {
    const numbers = held.map(({ value }) => Number(value));
    const total = numbers.reduce((sum, value) => sum + value, 0);
    const values = new Map([
      ['mean', total / numbers.length],
      ['sum', total],
      ['count', numbers.length],
      ['last', numbers.at(-1) ?? 0],
    ]);
    return { time: Math.max(time, start.micros), value: values.get(window.aggregate) ?? 0 };
  });
}

/** Cells of the columns named, over all tables. */
function cells(query: string, stored: readonly Series[], ...columns: readonly string[]) {
  return run(query, stored).flatMap(({ tables }) =>
    tables.flatMap((table) =>
      table.rows.map((row) => columns.map((column) => row[table.columns.indexOf(column)] ?? null)),
    ),
  );
}

const FROM = 'from(bucket: "default") |> range(start: -1h)';

describe('Flux', () => {
  it('answers the query for wheels of the OpenTwins documentation', () => {
    const query = `import "strings"
      from(bucket: "opentwins")
        |> range(start: 2024-05-17T11:00:00Z, stop: 2024-05-17T12:00:00Z)
        |> filter(fn: (r) => r["_measurement"] == "mqtt_consumer")
        |> filter(fn: (r) => strings.hasPrefix(v: r["thingId"], prefix: "example:mycar:wheel_"))
        |> filter(fn: (r) => r["_field"] == "value_velocity_properties_value")
        |> map(fn: (r) => ({ r with thingId: strings.replace(v: r["thingId"], t: "example:mycar:", u: "", i: 1) }))
        |> keep(columns: ["thingId", "_value", "_time"])`;
    const stored = [
      wheel(1, 'velocity', 10, 11),
      wheel(2, 'velocity', 20),
      wheel(1, 'direction', 3),
      { ...wheel(1, 'velocity', 1), thingId: 'a:b' },
    ];
    const [result] = run(query, stored);
    expect(annotatedCsv(result === undefined ? [] : [result], DIALECT)).toBe(
      [
        '#datatype,string,long,dateTime:RFC3339,double,string',
        '#group,false,false,false,false,true',
        '#default,_result,,,,',
        ',result,table,_time,_value,thingId',
        ',,0,2024-05-17T11:58:00Z,10,wheel_1',
        ',,0,2024-05-17T11:59:00Z,11,wheel_1',
        ',,1,2024-05-17T11:59:00Z,20,wheel_2',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('answers the last position', () => {
    const query = `import "strings"
      from(bucket: "default") |> range(start: 2024-05-17T11:00:00Z, stop: 2024-05-17T12:00:00Z)
        |> filter(fn: (r) => r._measurement == "mqtt_consumer" and r.thingId == "example:mycar:wheel_1")
        |> filter(fn: (r) => r._field == "value_latitude_properties_value" or r._field == "value_longitude_properties_value")
        |> map(fn: (r) => ({r with _field: strings.replaceAll(v: r._field, t: "_properties_value", u: "")}))
        |> keep(columns: ["_field", "_value", "_time"]) |> sort(columns: ["_time"]) |> last()`;
    expect(
      cells(
        query,
        [wheel(1, 'latitude', 1, 2), wheel(1, 'longitude', 3, 4), wheel(2, 'latitude', 9)],
        '_field',
        '_value',
      ),
    ).toEqual([
      ['value_latitude', 2],
      ['value_longitude', 4],
    ]);
  });

  it('makes windows as InfluxDB does: ends as times, empty ones on request', () => {
    const stored = [
      { ...wheel(1, 'v'), samples: [0, 1, 5].map((at) => ({ time: NOW - 10 * MINUTE + at * MINUTE, value: at })) },
    ];
    const windows = (args: string) =>
      cells(`from(bucket: "default") |> range(start: -10m) |> aggregateWindow(${args})`, stored, '_time', '_value').map(
        ([time, value]) => [typeof time === 'object' && time !== null ? (time.micros - NOW) / MINUTE : time, value],
      );
    expect(windows('every: 2m, fn: mean, createEmpty: false')).toEqual([
      [-8, 0.5],
      [-4, 5],
    ]);
    expect(windows('every: 2m, fn: mean')).toEqual([
      [-8, 0.5],
      [-6, null],
      [-4, 5],
      [-2, null],
      [0, null],
    ]);
    expect(windows('every: 2m, fn: count, timeSrc: "_start"')).toEqual([
      [-10, 2n],
      [-8, 0n],
      [-6, 1n],
      [-4, 0n],
      [-2, 0n],
    ]);
    expect(windows('every: 2m, fn: last')).toEqual([
      [-8, 1],
      [-4, 5],
    ]);
    expect(windows('every: 1mo, fn: sum')).toEqual([[0, 6]]);
  });

  it('gives the same windows whether the store makes them or the samples are read', () => {
    const stored = [wheel(1, 'v', 4, 1, 2, 3), wheel(2, 'v', 7)];
    for (const fn of ['mean', 'sum', 'count', 'last']) {
      for (const rest of ['', ', createEmpty: false', ', timeSrc: "_start"']) {
        const windows = `aggregateWindow(every: 7m, fn: ${fn}${rest})`;
        expect(run(`${FROM} |> ${windows}`, stored)).toEqual(
          run(`${FROM} |> filter(fn: (r) => r._value > 0.0) |> ${windows}`, stored),
        );
      }
    }
  });

  it.each([
    ['mean()', [2.5]],
    ['sum()', [10]],
    ['count()', [4n]],
    ['min()', [1]],
    ['max()', [4]],
    ['first()', [4]],
    ['last()', [3]],
    ['median()', [2.5]],
    ['spread()', [3]],
    ['sort()', [1, 2, 3, 4]],
    ['sort(columns: ["_value"], desc: true)', [4, 3, 2, 1]],
    ['limit(n: 2)', [4, 1]],
    ['limit(n: 2, offset: 1)', [1, 2]],
    ['tail(n: 2)', [2, 3]],
    ['filter(fn: (r) => r._value > 2.0 and not r._value >= 4)', [3]],
    ['filter(fn: (r) => exists r.parent)', []],
    ['filter(fn: (r) => r._field =~ /^value_.*_value$/ and r._value != 1.0)', [4, 2, 3]],
    ['map(fn: (r) => ({r with _value: if r._value > 2.0 then r._value * 10.0 else -r._value}))', [40, -1, -2, 30]],
    ['distinct(column: "thingId")', ['example:mycar:wheel_1']],
    ['group(columns: ["_field"]) |> count()', [4n]],
  ])('computes %s', (stage, expected) => {
    expect(cells(`${FROM} |> ${stage}`, [wheel(1, 'v', 4, 1, 2, 3)], '_value').flat()).toEqual(expected);
  });

  it.each([`${'9'.repeat(400)}w`, `${'9'.repeat(400)}y`, `${'9'.repeat(30)}d`])(
    'takes %s for a very long time',
    (span) => {
      const query = `from(bucket: "default") |> range(start: -${span}) |> aggregateWindow(every: ${span}, fn: count)`;
      expect(cells(query, [wheel(1, 'v', 1, 2)], '_value').at(-1)).toEqual([2n]);
    },
  );

  it('pivots fields into columns', () => {
    const query = `${FROM} |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> rename(columns: {value_a_properties_value: "a"})`;
    expect(cells(query, [wheel(1, 'a', 1, 2), wheel(1, 'b', 4)], 'a', 'value_b_properties_value')).toEqual([
      [1, null],
      [2, 4],
    ]);
  });

  it('keeps several results apart, each under its name', () => {
    const query = `data = ${FROM}\n data |> count() |> yield(name: "counts")\n data |> yield(name: "raw") |> last() |> yield(name: "last")`;
    expect(run(query, [wheel(1, 'v', 1, 2)]).map(({ name, tables }) => [name, tables[0]?.rows.length])).toEqual([
      ['counts', 1],
      ['raw', 2],
      ['last', 1],
    ]);
  });

  it('understands what Grafana leaves in or puts into queries', () => {
    const query = `option v = {timeRangeStart: -5m, timeRangeStop: now(), windowPeriod: 1m0s, bucket: "default"}
      from(bucket: v.bucket) |> range(start: v.timeRangeStart, stop: v.timeRangeStop) |> aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: false) |> yield(name: "mean")`;
    expect(cells(query, [wheel(1, 'v', 1, 2)], '_value')).toEqual([[1], [2]]);
    expect(cells('buckets()', [], 'name')).toEqual([['default'], ['opentwins']]);
  });

  it('lists tag values for dashboard variables', () => {
    const query = `import "influxdata/influxdb/schema"\nschema.tagValues(bucket: "default", tag: "thingId", predicate: (r) => r._field =~ /direction/)`;
    expect(
      cells(query, [wheel(2, 'direction', 1), wheel(1, 'direction', 1), wheel(3, 'velocity', 1)], '_value').flat(),
    ).toEqual(['example:mycar:wheel_1', 'example:mycar:wheel_2']);
  });

  it('gives a series whose values changed their type as a table for each, and aggregates the numbers', () => {
    const stored = [wheel(1, 'v', 1, 'broken', true, 3)];
    expect(run(FROM, stored)[0]?.tables.map(({ rows }) => rows.length)).toEqual([2, 1, 1]);
    expect(cells(`${FROM} |> mean()`, stored, '_value')).toEqual([[2]]);
  });

  it('writes again what describes a table when its columns change, and floats without exponent', () => {
    const results = run(`${FROM} |> keep(columns: ["_value"])`, [wheel(1, 'v', 1e21, 1e-7, 'a,"b"')]);
    expect(annotatedCsv(results, { header: true, delimiter: ',', annotations: ['datatype'] })).toBe(
      '#datatype,string,long,double\r\n,result,table,_value\r\n,_result,0,1000000000000000000000\r\n,_result,0,0.0000001\r\n' +
        '\r\n#datatype,string,long,string\r\n,result,table,_value\r\n,_result,1,"a,""b"""\r\n\r\n',
    );
  });

  it.each([
    [
      'from(bucket: "default") |> range(start: -1h) |> derivative(unit: 1s)',
      "'derivative' is not known",
      'line 1, column 49',
    ],
    ['import "math"', "package 'math'", 'line 1, column 1'],
    ['join(tables: {})', "'join'", 'line 1, column 1'],
    ['from(bucket: "default")\n|> range(start: -1h)\n  |> window(every: 1m)', "'window'", 'line 3, column 6'],
    [
      'from(bucket: "default") |> range(start: -1h) |> aggregateWindow(every: 1m, fn: mean, location: "x")',
      "argument 'location'",
      'column 49',
    ],
    [
      'from(bucket: "default") |> range(start: -1h) |> filter(fn: (r) => strings.hasPrefix(v: r.thingId, prefix: "a"))',
      "'strings' is not known",
      'column 67',
    ],
    ['from(bucket: "other") |> range(start: -1h)', "bucket 'other'", 'column 1'],
    ['from(bucket: "default") |> range(start: 1h, stop: -1h)', 'start before its stop', 'column 28'],
    ['f = (x=1) => x', 'defaults', 'column 7'],
    ['from(bucket: "${bucket}")', 'interpolation', 'column 14'],
    ['x = 1 +', 'the end of the query', 'column 8'],
    ['x = "a', "'\"' has no meaning", 'column 5'],
    ['x = /(?=a)/', 'look-around', 'column 5'],
    ['x = 1', 'no result', 'result'],
    ['1 + 2', 'stream of tables', 'column 1'],
    ['from(bucket: "default") |> range(start: -1h) |> map(fn: (r) => 1)', 'gives a record', 'column 49'],
    ['x = 1 + "a"', "'+' cannot take", 'column 7'],
  ])('refuses %s', (query, message, place) => {
    const attempt = () => run(query, [wheel(1, 'v', 1)]);
    expect(attempt).toThrow(FluxInvalid);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(place);
  });

  it('refuses a read without bounds', () => {
    expect(() => run('from(bucket: "default") |> filter(fn: (r) => r.thingId == "a:b")', [])).toThrow("'range'");
  });

  it('says what is supported when something is not', () => {
    const attempt = () =>
      planFlux('from(bucket: "default") |> histogram()', { now: NOW, buckets: ['default'], budget: new Budget(1e6) });
    expect(attempt).toThrow(
      expect.objectContaining({ status: 400, description: expect.stringContaining('aggregateWindow') }),
    );
  });

  it.each([
    ['brackets', `x = ${'('.repeat(5_000)}1`],
    ['not', `x = ${'not '.repeat(5_000)}true`],
    ['operators', `x = 1${' + 1'.repeat(5_000)}`],
    ['pipes', `x = buckets()${' |> last()'.repeat(5_000)}`],
    ['nested chains', `x = ${'('.repeat(150)}1${`${' + 1'.repeat(100)})`.repeat(150)}`],
    ['members', `x = a${'.a'.repeat(5_000)}`],
    [
      'strings that grow',
      `import "strings"\nx = ${'strings.replaceAll(t: "a", u: "aa", v: '.repeat(60)}"a"${')'.repeat(60)}`,
    ],
    [
      'functions that call functions',
      `f0 = (x) => x + x\n${Array.from({ length: 60 }, (_, n) => `f${n + 1} = (x) => f${n}(x: x) + f${n}(x: x)`).join('\n')}\ny = f60(x: 1)`,
    ],
    ['windows', 'from(bucket: "default") |> range(start: 0) |> aggregateWindow(every: 1us, fn: mean)'],
    ['length', `// ${'x'.repeat(70_000)}`],
  ])('bounds %s', (_name, query) => {
    expect(() => run(query, [wheel(1, 'v', 1)], 1_000_000)).toThrow(FluxInvalid);
  });

  it('never fails but with a refusal, whatever the text', () => {
    const pieces = fc.constantFrom(
      'from(bucket: "default")',
      '|> range(start: -1h)',
      '|> filter(fn: (r) => r._value > 1.0)',
      '|> map(fn: (r) => ({r with a: r._value}))',
      '|> mean()',
      '|> keep(columns: ["_value"])',
      '|> drop(columns: ["_value"])',
      '|> group()',
      '|> pivot(rowKey:["_time"], columnKey: ["_field"], valueColumn: "_value")',
      '|> aggregateWindow(every: 1m, fn: mean)',
      '|> sort()',
      '|> rename(columns: {_value: "_time"})',
      '|> distinct()',
      '|> fill(value: 0.0)',
      '|> yield()',
      'x =',
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      '"',
      '/',
      'r',
      '1',
      '-',
      '.',
      ',',
      ':',
      '=>',
      '__proto__',
      '\n',
      'if',
      'not',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 12 }), (parts) => {
        try {
          annotatedCsv(run(parts.join(' '), [wheel(1, 'v', 1, 'a', true, 2), wheel(2, 'w', 1)]), DIALECT);
        } catch (error) {
          if (!(error instanceof FluxInvalid)) throw error;
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
