import type { Aggregate, PointValue, Sample, Window } from '@gemel/application/ports';
import { mean, median, sampleDeviation } from '@gemel/model/statistics';

/** What InfluxDB computes of each window and series, or of all series (`median` and `stddev`). */
type PartName = Exclude<Aggregate, 'spread'>;

export interface FluxPart {
  readonly name: PartName;
  /** Gives one row per window: a time inside the window, and the value. */
  readonly flux: string;
}

/** Aggregates that strings and booleans take, too. */
export function takesAllTypes(aggregate: Aggregate): boolean {
  return aggregate === 'count' || aggregate === 'first' || aggregate === 'last';
}

/** What to ask InfluxDB for; a part over single series is read from its store without touching each sample. */
export function fluxParts({ every, aggregate, limit }: Window, several: boolean): readonly FluxPart[] {
  return partNames(aggregate, several).map((name) => ({
    name,
    flux: partFlux(name, every) + (limit === undefined ? '' : `\n|> limit(n: ${limit})`),
  }));
}

function partNames(aggregate: Aggregate, several: boolean): readonly PartName[] {
  if (aggregate === 'spread') return ['min', 'max'];
  return aggregate === 'mean' && several ? ['sum', 'count'] : [aggregate];
}

function partFlux(name: PartName, every: number): string {
  const window = (fn: string) =>
    `\n|> aggregateWindow(every: ${every}us, fn: ${fn}, createEmpty: false, timeSrc: "_start")`;
  switch (name) {
    case 'first':
    case 'last':
      // Several series' samples need their own times to tell which was first.
      return `\n|> window(every: ${every}us, createEmpty: false)\n|> ${name}()\n|> window(every: inf)`;
    case 'median':
      return `\n|> group()${window('(column, tables=<-) => tables |> median(column: column, method: "exact_mean")')}`;
    case 'stddev':
      return `\n|> group()${window('stddev')}`;
    case 'mean':
    case 'min':
    case 'max':
    case 'sum':
    case 'count':
      return window(name);
  }
}

/** Puts the parts of several series together. */
export class WindowParts {
  readonly #parts = new Map<PartName, Map<number, Sample>>();

  constructor(
    private readonly window: Window,
    private readonly several: boolean,
  ) {}

  /** The sample's time lies in the window. */
  add(name: PartName, sample: Sample): void {
    const part = this.#parts.get(name) ?? new Map<number, Sample>();
    const start = startOf(sample.time, this.window.every);
    const before = part.get(start);
    part.set(start, before === undefined ? sample : combined(name, before, sample));
    this.#parts.set(name, part);
  }

  samples(): readonly Sample[] {
    const { aggregate, limit = Infinity } = this.window;
    const [first = 'count', second] = partNames(aggregate, this.several);
    const starts = [...(this.#parts.get(first)?.keys() ?? [])].toSorted((a, b) => a - b).slice(0, limit);
    const valueOf = (name: PartName, start: number) => this.#parts.get(name)?.get(start)?.value ?? 0;
    return starts.map((time) => {
      const value = valueOf(first, time);
      if (second === undefined) return { time, value: aggregate === 'stddev' ? deviation(Number(value)) : value };
      const other = Number(valueOf(second, time));
      return { time, value: aggregate === 'mean' ? Number(value) / other : other - Number(value) };
    });
  }
}

/** Windows over samples in time order. */
export function foldWindows(samples: readonly Sample[], { every, aggregate, limit }: Window): readonly Sample[] {
  const taken = takesAllTypes(aggregate) ? samples : samples.filter(({ value }) => typeof value === 'number');
  const windows = new Map<number, Sample[]>();
  for (const sample of taken) {
    const start = startOf(sample.time, every);
    const members = windows.get(start);
    if (members === undefined) windows.set(start, [sample]);
    else members.push(sample);
  }
  const computed = [...windows].map(([time, members]) => ({ time, value: aggregated(aggregate, members) }));
  return computed.slice(0, limit);
}

function startOf(time: number, every: number): number {
  return Math.floor(time / every) * every;
}

/** InfluxDB has no deviation of a single value. */
function deviation(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function combined(name: PartName, a: Sample, b: Sample): Sample {
  const [x, y] = [Number(a.value), Number(b.value)];
  switch (name) {
    case 'sum':
    case 'count':
      return { time: a.time, value: x + y };
    case 'min':
      return { time: a.time, value: Math.min(x, y) };
    case 'max':
      return { time: a.time, value: Math.max(x, y) };
    case 'first':
      return b.time < a.time ? b : a;
    case 'last':
      return b.time >= a.time ? b : a;
    case 'mean':
    case 'median':
    case 'stddev':
      return b;
  }
}

function aggregated(aggregate: Aggregate, members: readonly Sample[]): PointValue {
  const numbers = members.map(({ value }) => Number(value));
  const smallest = () => numbers.reduce((least, value) => Math.min(least, value), Infinity);
  const largest = () => numbers.reduce((most, value) => Math.max(most, value), -Infinity);
  switch (aggregate) {
    case 'mean':
      return mean(numbers);
    case 'median':
      return median(numbers);
    case 'stddev':
      return sampleDeviation(numbers);
    case 'sum':
      return numbers.reduce((total, value) => total + value, 0);
    case 'min':
      return smallest();
    case 'max':
      return largest();
    case 'spread':
      return largest() - smallest();
    case 'count':
      return members.length;
    case 'first':
      return members[0]?.value ?? 0;
    case 'last':
      return members.at(-1)?.value ?? 0;
  }
}
