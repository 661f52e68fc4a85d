import type { JsonObject, JsonValue } from '../json/index.js';
import { resolveTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';
import { collectValues } from '../rql/index.js';
import { withHiddenMembers } from '../things/index.js';
import type { ThingState } from '../things/index.js';
import type { OperatorMetric } from './operator-metric.js';

/** How many things have the same tags. */
export interface MetricSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface TallyBounds {
  /** Most series; what would need another one is left out. */
  readonly maxSeries: number;
  /** Those of the count before keep their places, so that beyond the bound not always others are shown. */
  readonly before?: readonly MetricSeries[];
}

/** Longest value of a tag, in UTF-16 code units; what is longer is cut. */
const LONGEST_VALUE = 256;

/** Counts the things of a metric, each once, by their tags. */
export class MetricTally {
  readonly #series = new Map<string, { readonly labels: MetricSeries['labels']; value: number }>();
  readonly #places: ReadonlySet<string>;
  readonly #groups: readonly (readonly [name: string, valueIn: (document: JsonObject) => string | undefined])[];
  readonly #needsHidden: boolean;
  #newcomers = 0;
  #leftOut = 0;

  constructor(
    private readonly metric: OperatorMetric,
    private readonly bounds: TallyBounds,
  ) {
    this.#places = new Set(bounds.before?.map(({ labels }) => keyOf(labels)));
    this.#groups = [...metric.groupBy].map(([name, property]) => [name, valueAt(collectValues(property))]);
    this.#needsHidden = [...metric.groupBy.values()].some(([root]) => root?.startsWith('_'));
    // Without groups there is a number even when nothing is found.
    if (metric.groupBy.size === 0) this.#seriesOf(labelsOf(metric.tags, new Map()));
  }

  add(state: ThingState): void {
    const document = this.#needsHidden ? withHiddenMembers(state.thing, state) : state.thing;
    const groups = new Map<string, string>();
    for (const [name, valueIn] of this.#groups) {
      const value = valueIn(document);
      if (value !== undefined) groups.set(name, value);
    }
    const series = this.#seriesOf(labelsOf(this.metric.tags, groups));
    if (series === undefined) this.#leftOut += 1;
    else series.value += 1;
  }

  get series(): readonly MetricSeries[] {
    return [...this.#series.values()].map(({ labels, value }) => ({ labels, value }));
  }

  /** Things that are in no series, because there would be too many. */
  get leftOut(): number {
    return this.#leftOut;
  }

  #seriesOf(labels: MetricSeries['labels']) {
    const key = keyOf(labels);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (!this.#places.has(key)) {
      if (this.#newcomers + this.#places.size >= this.bounds.maxSeries) return undefined;
      this.#newcomers += 1;
    }
    const series = { labels, value: 0 };
    this.#series.set(key, series);
    return series;
  }
}

/** A tag that stays without a value is left out, which to Prometheus is the same as an empty one. */
function labelsOf(tags: ReadonlyMap<string, Template>, groups: ReadonlyMap<string, string>): MetricSeries['labels'] {
  return Object.fromEntries(
    [...tags].flatMap(([name, template]) => {
      const resolution = resolveTemplate(template, { groups });
      const value = resolution.kind === 'resolved' ? (resolution.values[0] ?? '') : '';
      return value === '' ? [] : [[name, value.slice(0, LONGEST_VALUE)]];
    }),
  );
}

function keyOf(labels: MetricSeries['labels']): string {
  return JSON.stringify(Object.entries(labels));
}

/** A text as it is, anything else as JSON; null is as good as nothing. */
function valueAt(
  collect: (document: JsonObject, tell: (value: JsonValue) => void) => void,
): (document: JsonObject) => string | undefined {
  return (document) => {
    const values: JsonValue[] = [];
    collect(document, (value) => values.push(value));
    const value = values.length > 1 ? values : values[0];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
}
