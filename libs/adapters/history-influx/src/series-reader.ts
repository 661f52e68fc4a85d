import { MEASUREMENT } from '@gemel/model/history';
import type { Sample, TimeRange, Window } from '@gemel/application/ports';
import { fluxAny, fluxString, fluxTime } from './flux-literal.js';
import type { InfluxConnection } from './influx-connection.js';
import { TEXT_MEASUREMENT } from './names.js';
import { STRINGS, escapedStrings, parseMicros, parseNumber, parseValue, sampleOf } from './sample-text.js';
import type { StoredSeries, ValueType } from './stored-series.js';
import { parseText } from './value-text.js';
import { WindowParts, foldWindows, fluxParts, takesAllTypes } from './windows.js';
import type { FluxPart } from './windows.js';

export interface SampleLimits {
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

/** Reads samples and windows; see `PointWriter` for where they lie. */
export class SeriesReader {
  constructor(
    private readonly connection: InfluxConnection,
    private readonly bucket: string,
  ) {}

  async samples(
    series: readonly StoredSeries[],
    range: TimeRange,
    { limit = Infinity, newestFirst = false }: SampleLimits = {},
  ): Promise<readonly Sample[]> {
    if (isEmpty(range, limit)) return [];
    const cut = limit === Infinity ? '' : `\n|> ${newestFirst ? 'tail' : 'limit'}(n: ${limit})`;
    const runs: (readonly Sample[])[] = [];
    for (const [type, group] of byType(series.filter(({ inText }) => !inText)))
      runs.push(await this.#read(this.#from(MEASUREMENT, group, range) + cut, type));
    for (const one of series) if (one.inText) runs.push(await this.#mixedSamples(one, range, cut));
    const found = runs.flat();
    // InfluxDB gives one series after the other, each in time order.
    if (series.length > 1) found.sort((a, b) => a.time - b.time);
    if (newestFirst) found.reverse();
    return found.length > limit ? found.slice(0, limit) : found;
  }

  async windows(series: readonly StoredSeries[], range: TimeRange, window: Window): Promise<readonly Sample[]> {
    if (isEmpty(range, window.limit)) return [];
    // What is kept as text, too, InfluxDB cannot compute with.
    if (series.some(({ inText }) => inText)) return foldWindows(await this.samples(series, range), window);
    const parts = new WindowParts(window, series.length > 1);
    for (const [type, group] of byType(series)) {
      if (type !== 'number' && !takesAllTypes(window.aggregate)) continue;
      for (const part of fluxParts(window, series.length > 1)) {
        const flux = this.#from(MEASUREMENT, group, range) + part.flux;
        for await (const row of this.connection.query(finished(flux, type, part)))
          parts.add(part.name, {
            time: parseMicros(row('_time')),
            value: part.name === 'count' ? parseNumber(row('_value')) : parseValue(row('_value'), type),
          });
      }
    }
    return parts.samples();
  }

  async #read(flux: string, type: ValueType): Promise<readonly Sample[]> {
    const samples: Sample[] = [];
    for await (const row of this.connection.query(finished(flux, type))) samples.push(sampleOf(row, type));
    return samples;
  }

  /** A time that has a text has it because it was written last. */
  async #mixedSamples(series: StoredSeries, range: TimeRange, cut: string): Promise<readonly Sample[]> {
    const main = await this.#read(this.#from(MEASUREMENT, [series], range) + cut, series.type);
    const texts = await this.#read(this.#from(TEXT_MEASUREMENT, [series], range) + cut, 'string');
    const samples = new Map(main.map((sample) => [sample.time, sample]));
    for (const { time, value } of texts) samples.set(time, { time, value: parseText(String(value)) });
    return [...samples.values()].toSorted((a, b) => a.time - b.time);
  }

  #from(measurement: string, series: readonly StoredSeries[], { from, to }: TimeRange): string {
    return (
      `from(bucket: ${fluxString(this.bucket)})\n|> range(start: ${fluxTime(from)}, stop: ${fluxTime(to)})` +
      `\n|> filter(fn: (r) => r._measurement == ${fluxString(measurement)} and ${fluxAny(series.map(condition))})`
    );
  }
}

/** InfluxDB takes neither an empty range nor a limit of 0. */
function isEmpty({ from, to }: TimeRange, limit = Infinity): boolean {
  return Math.ceil(from) >= Math.ceil(to) || limit <= 0;
}

function condition({ field, tags, absentTags }: StoredSeries): string {
  const column = (name: string) => `r[${fluxString(name)}]`;
  return [
    `(r._field == ${fluxString(field)}`,
    ...[...tags].map(([key, value]) => `${column(key)} == ${fluxString(value)}`),
    ...absentTags.map((key) => `not exists ${column(key)}`),
  ]
    .join(' and ')
    .concat(')');
}

function finished(flux: string, type: ValueType, part?: FluxPart): string {
  const text = part?.name === 'count' ? '' : escapedStrings(type);
  return `${text === '' ? '' : STRINGS}${flux}\n|> keep(columns: ["_time", "_value"])${text}`;
}

function byType(series: readonly StoredSeries[]): ReadonlyMap<ValueType, readonly StoredSeries[]> {
  const groups = new Map<ValueType, StoredSeries[]>();
  for (const one of series) groups.set(one.type, [...(groups.get(one.type) ?? []), one]);
  return groups;
}
