import type { Scan } from './scan.js';
import type { ColumnType, Row, Table } from './table.js';
import { typeOf } from './table.js';
import type { FluxTime } from './literal.js';
import type { Scalar } from './value.js';

/** A sample as a store gives it. */
export interface FluxSample {
  /** Microseconds since 1970. */
  readonly time: number;
  readonly value: number | boolean | string;
}

/**
 * One series' samples as `from |> range` gives them: a table grouped by everything but time and value.
 * A series whose values changed their type gives a table for each type.
 */
export function seriesTables(
  scan: Scan,
  series: ReadonlyMap<string, string>,
  samples: readonly FluxSample[],
): readonly Table[] {
  const ends: readonly FluxTime[] = [scan.start, scan.stop];
  const labels = [...series.keys()].toSorted();
  const labelCells: readonly Scalar[] = labels.map((label) => series.get(label) ?? null);
  if (!scan.samples) return [{ key: labels, columns: labels, rows: [labelCells] }];
  const byType = new Map<ColumnType | undefined, Row[]>();
  for (const { time, value } of samples) {
    const row: Row = [...ends, { kind: 'time', micros: time }, value, ...labelCells];
    const rows = byType.get(typeOf(value));
    if (rows === undefined) byType.set(typeOf(value), [row]);
    else rows.push(row);
  }
  return [...byType.values()].map((rows) => ({
    key: ['_start', '_stop', ...labels],
    columns: ['_start', '_stop', '_time', '_value', ...labels],
    rows,
  }));
}
