import { addDuration } from './arguments.js';
import type { Arguments } from './arguments.js';
import { AGGREGATE_FUNCTIONS } from './aggregates.js';
import type { FluxAggregate } from './aggregates.js';
import type { Budget } from './budget.js';
import { cell, columnTypes, keyTime, withCell } from './table.js';
import type { Row, Table } from './table.js';
import type { Transform } from './transform.js';
import type { FluxDuration, FluxTime } from './literal.js';
import type { Scalar } from './value.js';

/** One row per table: an aggregate keeps the group key and its value, a selector the row it picks. */
export function aggregateTables(args: Arguments, budget: Budget): Transform {
  const aggregate = aggregateNamed(args, args.name);
  const column = args.string('column', '_value');
  return (tables) =>
    tables.flatMap((table) => {
      budget.spend(table.rows.length);
      if (!suits(aggregate, table, column)) return [];
      const rows = withValue(table, table.rows, column);
      if (aggregate.kind === 'selector') {
        const picked = rows[aggregate.pick(valuesOf(table, rows, column))];
        return picked === undefined ? [] : [{ ...table, rows: [picked] }];
      }
      if (rows.length === 0) return [];
      const fixed = table.key.filter((name) => name !== column);
      const value = aggregate.of(valuesOf(table, rows, column));
      return [
        {
          key: fixed,
          columns: [...fixed, column],
          rows: [[...fixed.map((name) => cell(table, rows[0] ?? [], name)), value]],
        },
      ];
    });
}

interface Windowing {
  readonly every: FluxDuration;
  readonly aggregate: FluxAggregate;
  readonly column: string;
  readonly createEmpty: boolean;
  readonly timeSrc: string;
}

/**
 * One row per window, at its end (or start). Windows are aligned to the epoch and cut to the range. As in Flux, empty
 * windows are filled by aggregates only, not by selectors.
 */
export function aggregateWindow(args: Arguments, budget: Budget): Transform {
  const every = args.duration('every');
  if (every.months > 0 && every.micros > 0) throw args.invalid("cannot mix months with shorter units in 'every'");
  const name = args.builtin('fn').name;
  const windowing: Windowing = {
    every,
    aggregate: aggregateNamed(args, name),
    column: args.string('column', '_value'),
    createEmpty: args.boolean('createEmpty', true),
    timeSrc: args.string('timeSrc', '_stop'),
  };
  if (windowing.timeSrc !== '_stop' && windowing.timeSrc !== '_start') {
    throw args.invalid("knows '_start' and '_stop' as 'timeSrc'");
  }
  const inWindows = (chosen: Windowing) => (tables: readonly Table[]) =>
    tables.flatMap((table) => {
      if (!table.columns.includes('_time')) throw args.invalid("needs the column '_time'");
      if (!suits(chosen.aggregate, table, chosen.column)) return [];
      const windowed = windowTable(table, chosen, budget);
      return windowed.rows.length === 0 ? [] : [windowed];
    });
  if (every.months > 0 || windowing.column !== '_value') return inWindows(windowing);
  const rest = inWindows({ ...windowing, aggregate: ofOne(name, windowing.aggregate) });
  return Object.assign(inWindows(windowing), { inStore: { every: every.micros, aggregate: name, rest } });
}

/** The aggregate of a window whose only sample is the outcome already. */
function ofOne(name: string, aggregate: FluxAggregate): FluxAggregate {
  if (aggregate.kind === 'selector') return aggregate;
  return { ...aggregate, of: ([value = null]) => (name === 'count' ? BigInt(Number(value)) : value) };
}

function windowTable(table: Table, windowing: Windowing, budget: Budget): Table {
  const { aggregate, column, every } = windowing;
  const windows = new Map<number, Row[]>();
  for (const row of withValue(table, table.rows, column)) {
    budget.spend(1);
    const time = timeOf(table, row);
    if (time === undefined) continue;
    const start = windowStart(time, every);
    const rows = windows.get(start);
    if (rows === undefined) windows.set(start, [row]);
    else rows.push(row);
  }
  const selector = aggregate.kind === 'selector';
  const columns = selector
    ? table.columns
    : table.columns.filter((name) => table.key.includes(name) || name === '_time' || name === column);
  const [first = []] = table.rows;
  const rows = startsOf(table, windows, windowing, budget).flatMap((start): readonly Row[] => {
    const held = windows.get(start) ?? [];
    const values = valuesOf(table, held, column);
    const time = windowTime(table, start, windowing);
    if (selector) {
      const picked = held[aggregate.pick(values)];
      return picked === undefined ? [] : [withCell(table, picked, table.columns.indexOf('_time'), time)];
    }
    const value = held.length === 0 ? aggregate.empty : aggregate.of(values);
    return [columns.map((name) => (name === '_time' ? time : name === column ? value : cell(table, first, name)))];
  });
  return { key: table.key, columns, rows };
}

function startsOf(
  table: Table,
  windows: ReadonlyMap<number, unknown>,
  windowing: Windowing,
  budget: Budget,
): readonly number[] {
  const filled = [...windows.keys()].toSorted((a, b) => a - b);
  const from = keyTime(table, '_start')?.micros;
  const stop = keyTime(table, '_stop')?.micros;
  if (!windowing.createEmpty || windowing.aggregate.kind === 'selector' || from === undefined || stop === undefined)
    return filled;
  const starts: number[] = [];
  for (let start = windowStart(from, windowing.every); start < stop; start = windowEnd(start, windowing.every)) {
    budget.spend(table.columns.length);
    starts.push(start);
  }
  return starts;
}

function windowTime(table: Table, start: number, { every, timeSrc }: Windowing): FluxTime {
  const micros =
    timeSrc === '_start'
      ? Math.max(start, keyTime(table, '_start')?.micros ?? start)
      : Math.min(windowEnd(start, every), keyTime(table, '_stop')?.micros ?? Infinity);
  return { kind: 'time', micros };
}

/** Start of the window that holds a time, both in microseconds; windows of months start with a month of the calendar, UTC. */
function windowStart(micros: number, every: FluxDuration): number {
  if (every.months === 0) return Math.floor(micros / every.micros) * every.micros;
  const date = new Date(Math.floor(micros / 1000));
  const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return Date.UTC(1970, Math.floor(months / every.months) * every.months, 1) * 1000;
}

function windowEnd(start: number, every: FluxDuration): number {
  return addDuration({ kind: 'time', micros: start }, every).micros;
}

function aggregateNamed(args: Arguments, name: string): FluxAggregate {
  const aggregate = AGGREGATE_FUNCTIONS.get(name);
  if (aggregate === undefined) throw args.invalid(`cannot aggregate with '${name}'`);
  return aggregate;
}

/** Where Flux would refuse strings and booleans, their tables are left out: one odd sample must not empty a dashboard. */
function suits(aggregate: FluxAggregate, table: Table, column: string): boolean {
  const type = columnTypes(table.columns, table.rows).get(column);
  return !aggregate.numeric || type === undefined || type === 'double' || type === 'long';
}

function withValue(table: Table, rows: readonly Row[], column: string): readonly Row[] {
  const at = table.columns.indexOf(column);
  return at < 0 ? [] : rows.filter((row) => (row[at] ?? null) !== null);
}

function valuesOf(table: Table, rows: readonly Row[], column: string): readonly Scalar[] {
  const at = table.columns.indexOf(column);
  return rows.map((row) => row[at] ?? null);
}

function timeOf(table: Table, row: Row): number | undefined {
  const time = cell(table, row, '_time');
  return typeof time === 'object' && time !== null ? time.micros : undefined;
}
