import type { Point } from '@gemel/application/ports';
import type { InfluxConnection } from './influx-connection.js';
import { conflictingField, fieldValue, unitsOfNames, unwritable } from './line-protocol.js';
import type { PointFaults } from './point-faults.js';
import type { SeriesDictionary } from './series-dictionary.js';
import { typeOf } from './stored-series.js';
import type { StoredSeries } from './stored-series.js';
import { TypeConflicts } from './type-conflicts.js';
import { toText } from './value-text.js';

/** Where points go. */
export interface PointTarget {
  readonly connection: InfluxConnection;
  readonly bucket: string;
  /** Points before it are gone already by the bucket's retention; microseconds. */
  readonly earliest: () => number;
}

/** A point, its series and its line. */
interface Line {
  readonly point: Point;
  readonly series: StoredSeries;
  readonly text: string;
}

interface Lines {
  readonly main: readonly Line[];
  readonly text: readonly Line[];
  /** Series that were not kept as text up to now. */
  readonly newTexts: ReadonlySet<StoredSeries>;
}

const POINTS_AT_ONCE = 5_000;
/** Rough size of a request, in UTF-16 code units. */
const UNITS_AT_ONCE = 2_000_000;
const UNITS_PER_LINE = 50;

/**
 * Writes points until InfluxDB has taken each one, or has refused it for what it is. A value whose field has another type
 * goes to the text measurement. From then on all values of its series go there, also those that dashboards can read where
 * they look: so the text is always the later one, and writing the same again changes nothing.
 */
export class PointWriter {
  readonly #conflicts = new TypeConflicts();

  constructor(
    private readonly target: PointTarget,
    private readonly dictionary: SeriesDictionary,
    private readonly faults: PointFaults,
  ) {}

  /** @throws HistoryUnavailable some may be stored; writing all of them again is right */
  async write(points: readonly Point[]): Promise<void> {
    const earliest = this.target.earliest();
    const writable = points.filter((point) => point.time >= earliest && this.#isWritable(point));
    for (const chunk of chunks(writable)) await this.#writeChunk(chunk);
  }

  async #writeChunk(points: readonly Point[]): Promise<void> {
    const series = await this.dictionary.resolve(points);
    const refused = new Set<Point>();
    const counted = new Set<Point>();
    for (;;) {
      const lines = this.#lines(points, series, refused);
      for (const { point, series: one } of lines.text) this.#countConflict(point, one, counted);
      if (lines.newTexts.size > 0) await this.dictionary.keepAsText(lines.newTexts);
      await this.#deliver(lines.text, refused);
      if ((await this.#deliver(lines.main, refused)) === 'done') return;
    }
  }

  /** Each point where it belongs, as far as that is known. */
  #lines(points: readonly Point[], seriesOf: readonly StoredSeries[], refused: ReadonlySet<Point>): Lines {
    const main: Line[] = [];
    const text: Line[] = [];
    const newTexts = new Set<StoredSeries>();
    points.forEach((point, index) => {
      const series = seriesOf[index];
      if (series === undefined || refused.has(point)) return;
      const fits = this.#fits(point, series);
      if (fits) main.push({ point, series, text: `${series.heads.main}${fieldValue(point.value)} ${point.time}` });
      if (fits && !series.inText && !newTexts.has(series)) return;
      if (!series.inText) newTexts.add(series);
      text.push({ point, series, text: `${series.heads.text}${fieldValue(toText(point.value))} ${point.time}` });
    });
    return { main, text, newTexts };
  }

  #fits({ value, time }: Point, { type, field }: StoredSeries): boolean {
    return typeOf(value) === type && !this.#conflicts.includes(field, time);
  }

  /** `again` when a conflict came to light: some of the lines belong elsewhere. */
  async #deliver(lines: readonly Line[], refused: Set<Point>): Promise<'done' | 'again'> {
    const [first] = lines;
    if (first === undefined) return 'done';
    const { connection, bucket } = this.target;
    const answer = await connection.write(bucket, lines.map(({ text }) => text).join('\n'));
    if (answer.kind === 'stored') return 'done';
    const field = conflictingField(answer.reason);
    if (field !== undefined) {
      const times = lines.filter(({ series }) => series.field === field).map(({ point }) => point.time);
      if (this.#conflicts.add(field, times)) return 'again';
    }
    if (lines.length === 1) {
      refused.add(first.point);
      this.faults.refused(first.series.key, answer.reason);
      return 'done';
    }
    // One bad line makes InfluxDB refuse them all, or says nothing of what else is wrong.
    const middle = Math.floor(lines.length / 2);
    const left = await this.#deliver(lines.slice(0, middle), refused);
    return left === 'again' ? left : this.#deliver(lines.slice(middle), refused);
  }

  #isWritable(point: Point): boolean {
    const reason = unwritable(point);
    if (reason !== undefined) this.faults.refused(point, reason);
    return reason === undefined;
  }

  #countConflict(point: Point, series: StoredSeries, counted: Set<Point>): void {
    if (counted.has(point) || this.#fits(point, series)) return;
    counted.add(point);
    this.faults.conflict(series.key, { type: typeOf(point.value), fieldType: series.type });
  }
}

function* chunks(points: readonly Point[]): Generator<readonly Point[]> {
  let start = 0;
  let units = 0;
  for (const [index, point] of points.entries()) {
    units += UNITS_PER_LINE + unitsOfNames(point) + (typeof point.value === 'string' ? point.value.length : 0);
    if (index + 1 - start < POINTS_AT_ONCE && units < UNITS_AT_ONCE) continue;
    yield points.slice(start, index + 1);
    start = index + 1;
    units = 0;
  }
  if (start < points.length) yield points.slice(start);
}
