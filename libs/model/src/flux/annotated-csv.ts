import type { FluxResult } from './pipeline.js';
import { columnTypes, typeOf } from './table.js';
import type { ColumnType, Table } from './table.js';
import type { Scalar } from './value.js';

/** How InfluxDB's clients want their CSV. */
export interface CsvDialect {
  readonly header: boolean;
  readonly delimiter: string;
  /** In the order of their rows. */
  readonly annotations: readonly Annotation[];
}

export const ANNOTATIONS = ['datatype', 'group', 'default'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];

interface Block {
  readonly table: Table;
  readonly types: readonly ColumnType[];
}

/**
 * Results as annotated CSV, as InfluxDB 2 writes it: CRLF, a table's annotations and header again only when its columns
 * differ from those of the table before, an empty line after each result.
 */
export function annotatedCsv(results: readonly FluxResult[], dialect: CsvDialect): string {
  return results.map((result) => `${resultCsv(result, dialect)}\r\n`).join('');
}

function resultCsv(result: FluxResult, dialect: CsvDialect): string {
  const lines: string[] = [];
  const line = (cells: readonly string[]) =>
    lines.push(cells.map((text) => quoted(text, dialect.delimiter)).join(dialect.delimiter));
  const resultCell = dialect.annotations.includes('default') ? '' : result.name;
  let schema = '';
  result.tables.forEach((table, index) => {
    const types = typesOf(table);
    const block = { table, types };
    const blockSchema = JSON.stringify([table.columns, types, table.key]);
    if (blockSchema !== schema) {
      if (schema !== '') lines.push('');
      for (const annotation of dialect.annotations) line(annotationRow(annotation, block, result.name));
      if (dialect.header) line(['', 'result', 'table', ...table.columns]);
      schema = blockSchema;
    }
    for (const row of table.rows) {
      line(['', resultCell, String(index), ...types.map((type, at) => cellText(row[at] ?? null, type))]);
    }
  });
  return lines.map((text) => `${text}\r\n`).join('');
}

/** A column of mixed types can only be told as strings; a column of nulls counts as double. */
function typesOf(table: Table): readonly ColumnType[] {
  const types = columnTypes(table.columns, table.rows);
  return table.columns.map((column, at) => {
    const type = types.get(column) ?? 'double';
    const alike = table.rows.every((row) => (row[at] ?? null) === null || typeOf(row[at] ?? null) === type);
    return alike ? type : 'string';
  });
}

function annotationRow(annotation: Annotation, { table, types }: Block, resultName: string): readonly string[] {
  switch (annotation) {
    case 'datatype':
      return ['#datatype', 'string', 'long', ...types];
    case 'group':
      return ['#group', 'false', 'false', ...table.columns.map((column) => String(table.key.includes(column)))];
    case 'default':
      return ['#default', resultName, '', ...table.columns.map(() => '')];
  }
}

function cellText(value: Scalar, type: ColumnType): string {
  if (value === null) return '';
  if (typeof value === 'object') return rfc3339(value.micros);
  if (typeof value === 'number' && type === 'double') return decimal(value);
  return String(value);
}

/** RFC 3339 in UTC, microseconds' zeros at the end left out. */
export function rfc3339(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = String(micros - seconds * 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** A float without an exponent, as InfluxDB writes it. */
function decimal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', lead = '', rest = '', exponent = '0'] = parts;
  const power = Number(exponent);
  const digits = lead + rest;
  return power < 0 ? `${sign}0.${'0'.repeat(-power - 1)}${digits}` : `${sign}${digits.padEnd(power + 1, '0')}`;
}

function quoted(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]/.test(text) || /^\s/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
