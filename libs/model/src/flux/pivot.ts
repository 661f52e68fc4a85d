import type { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { cell, cellKey, compareCells } from './table.js';
import type { Row, Table } from './table.js';
import type { Transform } from './transform.js';
import type { Scalar } from './value.js';

/** More columns than this make no table that anyone can use. */
const MAX_COLUMNS = 1_000;

interface Pivoted {
  readonly key: readonly string[];
  readonly columns: string[];
  readonly rows: Map<string, Scalar[]>;
}

/** Turns the values of rows that share a row key into columns named by their column key. */
export function pivot(args: Arguments, budget: Budget): Transform {
  const rowKey = args.strings('rowKey');
  const columnKey = args.strings('columnKey');
  const valueColumn = args.string('valueColumn');
  return (tables) => {
    const groups = new Map<string, Pivoted>();
    for (const table of tables) {
      const key = table.key.filter((column) => !columnKey.includes(column) && column !== valueColumn);
      for (const row of table.rows) {
        budget.spend(rowKey.length + columnKey.length + key.length);
        const id = keyText(table, row, key);
        const group = groups.get(id) ?? {
          key,
          columns: [...new Set([...key, ...rowKey])],
          rows: new Map<string, Scalar[]>(),
        };
        groups.set(id, group);
        const name = columnKey.map((column) => cellName(cell(table, row, column))).join('_');
        const at = columnAt(args, group.columns, name);
        const rowId = keyText(table, row, rowKey);
        const target = group.rows.get(rowId) ?? group.columns.map((column) => cell(table, row, column));
        while (target.length <= at) target.push(null);
        target[at] = cell(table, row, valueColumn);
        group.rows.set(rowId, target);
      }
    }
    return [...groups.values()].map(({ key, columns, rows }) => ({
      key,
      columns,
      rows: sorted([...rows.values()], columns, rowKey),
    }));
  };
}

function columnAt(args: Arguments, columns: string[], name: string): number {
  const known = columns.indexOf(name);
  if (known >= 0) return known;
  if (columns.length >= MAX_COLUMNS) throw args.invalid(`would make more than ${MAX_COLUMNS} columns`);
  return columns.push(name) - 1;
}

function cellName(value: Scalar): string {
  return typeof value === 'object' ? String(value?.micros ?? '') : String(value);
}

function keyText(table: Table, row: Row, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => [column, cellKey(cell(table, row, column))]));
}

function sorted(rows: readonly Row[], columns: readonly string[], rowKey: readonly string[]): readonly Row[] {
  const places = rowKey.map((column) => columns.indexOf(column));
  return rows.toSorted((a, b) => {
    for (const at of places) {
      const order = compareCells(a[at] ?? null, b[at] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  });
}
