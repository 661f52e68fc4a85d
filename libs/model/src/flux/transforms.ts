import type { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { apply, isRecord, truth } from './evaluate.js';
import { aggregateTables, aggregateWindow } from './aggregate-tables.js';
import type { Transform } from './transform.js';
import { AGGREGATE_FUNCTIONS } from './aggregates.js';
import { pivot } from './pivot.js';
import { cellKey, compareCells, regroup, withCell } from './table.js';
import type { Row, Table } from './table.js';
import { isScalar, typeName } from './value.js';
import type { FluxRecord, FluxValue, Scalar } from './value.js';

/** Reads a call's arguments once and gives what it does to the tables. */
export type TransformFactory = (args: Arguments, budget: Budget) => Transform;

/** The functions that take tables and give tables, apart from `range`, `filter` and `yield`. */
export const TRANSFORMS: ReadonlyMap<string, TransformFactory> = new Map<string, TransformFactory>([
  ['map', map],
  ['keep', (args, budget) => columns(args, budget, (listed) => listed)],
  ['drop', (args, budget) => columns(args, budget, (listed) => !listed)],
  ['rename', rename],
  ['group', group],
  ['sort', sort],
  ['limit', (args) => slice(args, (rows, n, offset) => rows.slice(offset, offset + n))],
  [
    'tail',
    (args) =>
      slice(args, (rows, n, offset) =>
        rows.slice(Math.max(0, rows.length - n - offset), Math.max(0, rows.length - offset)),
      ),
  ],
  ['distinct', distinct],
  ['fill', fill],
  ['pivot', pivot],
  ['aggregateWindow', aggregateWindow],
  ...[...AGGREGATE_FUNCTIONS.keys()].map((name) => [name, aggregateTables] as const),
]);

/** A row as the record that functions such as `(r) => …` get. */
export function rowRecord(table: Table, row: Row): FluxRecord {
  return {
    kind: 'record',
    get: (name) => {
      const at = table.columns.indexOf(name);
      return at < 0 ? undefined : (row[at] ?? null);
    },
    names: () => table.columns,
  };
}

/** Changes the rows of each table; a table that loses all goes. */
export function eachTable(
  tables: readonly Table[],
  change: (rows: readonly Row[], table: Table) => readonly Row[],
): readonly Table[] {
  return tables.map((table) => ({ ...table, rows: change(table.rows, table) })).filter(({ rows }) => rows.length > 0);
}

function map(args: Arguments, budget: Budget): Transform {
  const fn = args.function('fn');
  return (tables) =>
    tables.flatMap((table) => {
      const columns: string[] = [];
      const rows = table.rows.map((row) => {
        const result = apply(fn, rowRecord(table, row), budget);
        if (!isRecord(result)) throw args.invalid(`needs a function that gives a record, not a ${typeName(result)}`);
        const names = result.names();
        budget.spend(names.length);
        for (const name of names) if (!columns.includes(name)) columns.push(name);
        return columns.map((name) => scalar(args, name, result.get(name) ?? null));
      });
      // The function may have changed what the table is grouped by: the rows are grouped anew.
      return regroup([{ key: [], columns, rows }], () => table.key);
    });
}

function scalar(args: Arguments, name: string, value: FluxValue): Scalar {
  if (isScalar(value)) return value;
  throw args.invalid(`cannot put a ${typeName(value)} in the column '${name}'`);
}

function columns(args: Arguments, budget: Budget, keeps: (listed: boolean) => boolean): Transform {
  const listed = columnTest(args, budget);
  return (tables) =>
    regroup(
      tables.map((table) => {
        const places = table.columns.flatMap((column, at) => (keeps(listed(column)) ? [at] : []));
        budget.spend(table.rows.length * places.length);
        return {
          key: table.key.filter((column) => keeps(listed(column))),
          columns: places.map((at) => table.columns[at] ?? ''),
          rows: places.length === 0 ? [] : table.rows.map((row) => places.map((at) => row[at] ?? null)),
        };
      }),
      (table) => table.key,
    );
}

function columnTest(args: Arguments, budget: Budget): (column: string) => boolean {
  if (args.optional('columns') !== undefined) {
    const listed = args.strings('columns');
    return (column) => listed.includes(column);
  }
  const fn = args.function('fn');
  return (column) => truth(apply(fn, column, budget), args.at);
}

function rename(args: Arguments, budget: Budget): Transform {
  const newName = renaming(args, budget);
  return (tables) =>
    regroup(
      tables.map((table) => {
        const names = table.columns.map(newName);
        if (new Set(names).size < names.length) throw args.invalid('would give two columns one name');
        return { key: table.key.map(newName), columns: names, rows: table.rows };
      }),
      (table) => table.key,
    );
}

function renaming(args: Arguments, budget: Budget): (column: string) => string {
  const text = (value: FluxValue): string =>
    typeof value === 'string' ? value : args.wrong('columns', 'strings', value);
  const names = args.optional('columns');
  if (names === undefined) {
    const fn = args.function('fn');
    return (column) => text(apply(fn, column, budget));
  }
  if (!isRecord(names)) return args.wrong('columns', 'a record', names);
  return (column) => text(names.get(column) ?? column);
}

function group(args: Arguments, budget: Budget): Transform {
  const listed = args.strings('columns', []);
  const mode = args.string('mode', 'by');
  if (mode !== 'by' && mode !== 'except') throw args.invalid(`knows the modes 'by' and 'except', not '${mode}'`);
  return (tables) => {
    for (const table of tables) budget.spend(table.rows.length);
    return regroup(tables, (table) =>
      mode === 'by' ? listed : table.columns.filter((column) => !listed.includes(column)),
    );
  };
}

function sort(args: Arguments, budget: Budget): Transform {
  const by = args.strings('columns', ['_value']);
  const sign = args.boolean('desc', false) ? -1 : 1;
  return (tables) =>
    eachTable(tables, (rows, table) => {
      budget.spend(rows.length * by.length * 4);
      const places = by.map((column) => table.columns.indexOf(column)).filter((at) => at >= 0);
      return rows.toSorted((a, b) => {
        for (const at of places) {
          const order = compareCells(a[at] ?? null, b[at] ?? null);
          if (order !== 0) return order * sign;
        }
        return 0;
      });
    });
}

function slice(args: Arguments, cut: (rows: readonly Row[], n: number, offset: number) => readonly Row[]): Transform {
  const n = args.count('n');
  const offset = args.count('offset', 0);
  return (tables) => eachTable(tables, (rows) => cut(rows, n, offset));
}

function distinct(args: Arguments, budget: Budget): Transform {
  const column = args.string('column', '_value');
  return (tables) =>
    tables.flatMap((table) => {
      const at = table.columns.indexOf(column);
      if (at < 0) return [];
      budget.spend(table.rows.length);
      const values = new Map(table.rows.map((row) => [cellKey(row[at]), row[at] ?? null]));
      const key = table.key.filter((name) => name !== '_value');
      const [first = []] = table.rows;
      const fixed = key.map((name) => first[table.columns.indexOf(name)] ?? null);
      return [{ key, columns: [...key, '_value'], rows: [...values.values()].map((value) => [...fixed, value]) }];
    });
}

function fill(args: Arguments, budget: Budget): Transform {
  const column = args.string('column', '_value');
  const usePrevious = args.boolean('usePrevious', false);
  const value = usePrevious ? null : scalar(args, column, args.required('value'));
  return (tables) =>
    eachTable(tables, (rows, table) => {
      budget.spend(rows.length);
      const at = table.columns.indexOf(column);
      let previous = value;
      return rows.map((row) => {
        if (at >= 0 && (row[at] ?? null) !== null) {
          if (usePrevious) previous = row[at] ?? null;
          return row;
        }
        return at < 0 ? row : withCell(table, row, at, previous);
      });
    });
}
