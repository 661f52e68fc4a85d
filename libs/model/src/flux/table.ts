import type { FluxTime } from './literal.js';
import type { Scalar } from './value.js';

export type Row = readonly Scalar[];

/** Rows with the same values in the group key's columns. A table without rows is left out of a stream. */
export interface Table {
  /** Columns of the group key. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** Cells in the order of `columns`; cells missing at the end are null. */
  readonly rows: readonly Row[];
}

export type ColumnType = 'string' | 'double' | 'long' | 'boolean' | 'dateTime:RFC3339';

/** A type's name as annotated CSV has it; a column of nulls only counts as double. */
export function typeOf(value: Scalar): ColumnType | undefined {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'double';
    case 'bigint':
      return 'long';
    case 'boolean':
      return 'boolean';
    default:
      return value === null ? undefined : 'dateTime:RFC3339';
  }
}

/** Text that is equal exactly for equal values of one type. */
export function cellKey(value: Scalar | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return `s${value}`;
  return typeof value === 'object' ? `t${value.micros}` : `${typeof value}${value}`;
}

/** Order within a column: nulls, booleans, numbers, times, strings. */
export function compareCells(left: Scalar, right: Scalar): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank;
  const a = comparable(left);
  const b = comparable(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(value: Scalar): number {
  if (value === null) return 0;
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 2;
    case 'string':
      return 4;
    default:
      return 3;
  }
}

function comparable(value: Scalar): string | number | bigint {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? value.micros : value;
}

export function cell(table: Table, row: Row, column: string): Scalar {
  return row[table.columns.indexOf(column)] ?? null;
}

/** The row with another value at a place, full length. */
export function withCell(table: Table, row: Row, at: number, value: Scalar): Row {
  return table.columns.map((_column, place) => (place === at ? value : (row[place] ?? null)));
}

/** The value a column has in every row of a table that groups by it. */
function keyCell(table: Table, column: string): Scalar {
  const first = table.rows[0];
  return first === undefined ? null : cell(table, first, column);
}

/** A time that the group key carries, such as `_start`. */
export function keyTime(table: Table, column: string): FluxTime | undefined {
  const value = keyCell(table, column);
  return typeof value === 'object' && value !== null ? value : undefined;
}

interface Group {
  readonly key: readonly string[];
  readonly columns: string[];
  readonly types: Map<string, ColumnType>;
  readonly rows: Row[];
}

/**
 * Rows in tables by a new group key, columns united. Rows that would share a table but not the types of its columns stay
 * apart, because a column has one type.
 */
export function regroup(tables: readonly Table[], keyOf: (table: Table) => readonly string[]): readonly Table[] {
  const groups = new Map<string, Group[]>();
  for (const table of tables) {
    const key = keyOf(table).filter((column) => table.columns.includes(column));
    for (const [id, rows] of partition(table, key)) {
      const types = columnTypes(table.columns, rows);
      const alike = groups.get(id) ?? [];
      let group = alike.find((candidate) =>
        [...types].every(([column, type]) => (candidate.types.get(column) ?? type) === type),
      );
      if (group === undefined) {
        group = { key, columns: [], types: new Map(), rows: [] };
        groups.set(id, [...alike, group]);
      }
      append(group, table.columns, types, rows);
    }
  }
  return [...groups.values()].flat();
}

function partition(table: Table, key: readonly string[]): ReadonlyMap<string, readonly Row[]> {
  const places = key.map((column) => table.columns.indexOf(column));
  const idOf = (row: Row) => JSON.stringify([key, places.map((place) => cellKey(row[place]))]);
  const [first] = table.rows;
  if (first === undefined) return new Map();
  if (key.every((column) => table.key.includes(column))) return new Map([[idOf(first), table.rows]]);
  const parts = new Map<string, Row[]>();
  for (const row of table.rows) {
    const id = idOf(row);
    const part = parts.get(id);
    if (part === undefined) parts.set(id, [row]);
    else part.push(row);
  }
  return parts;
}

function append(
  group: Group,
  columns: readonly string[],
  types: ReadonlyMap<string, ColumnType>,
  rows: readonly Row[],
): void {
  for (const column of columns) if (!group.columns.includes(column)) group.columns.push(column);
  for (const [column, type] of types) group.types.set(column, type);
  const places = group.columns.map((column) => columns.indexOf(column));
  const sameOrder = places.length === columns.length && places.every((place, index) => place === index);
  for (const row of rows) group.rows.push(sameOrder ? row : places.map((place) => row[place] ?? null));
}

/** The type of each column that has any value. */
export function columnTypes(columns: readonly string[], rows: readonly Row[]): ReadonlyMap<string, ColumnType> {
  const types = new Map<string, ColumnType>();
  columns.forEach((column, at) => {
    const holder = rows.find((row) => (row[at] ?? null) !== null);
    const type = typeOf(holder?.[at] ?? null);
    if (type !== undefined) types.set(column, type);
  });
  return types;
}
