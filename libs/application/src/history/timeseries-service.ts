import { formatMicros } from '@gemel/model/time';
import type { ThingId } from '@gemel/model/ids';
import { formatPointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { SubjectId } from '@gemel/model/policies';
import { ThingNotAccessible, thingResources } from '@gemel/model/things';
import type { Clock, HistoryStore, PointValue, Sample, Series } from '../ports/index.js';
import { mayRead } from './series-access.js';
import type { SeriesAccess } from './series-access.js';
import { parseTimeseriesQuery } from './timeseries-query.js';
import type { TimeseriesParameters, TimeseriesQuery } from './timeseries-query.js';

/** A feature's property, by its path below `properties`; an empty path addresses all of them. */
export interface TimeseriesTarget {
  readonly thingId: ThingId;
  readonly featureId: string;
  readonly path: JsonPointer;
}

/** The history of a property, or of every leaf below it when it is an object or array. */
export interface Timeseries {
  readonly thingId: ThingId;
  readonly featureId: string;
  /** Pointer text below the feature's properties. */
  readonly path: string;
  /** ISO 8601 in UTC, included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  /** As asked; absent with the samples themselves. */
  readonly every?: string;
  readonly agg?: string;
  /** By path. */
  readonly series: readonly TimeseriesLeaf[];
}

export interface TimeseriesLeaf {
  /** Pointer text below the feature's properties. */
  readonly path: string;
  /** Times in order, ISO 8601 with microseconds where there are any; a window's is its start, windows without samples are left out. */
  readonly values: readonly (readonly [time: string, value: PointValue])[];
  /** Where to go on (`from` of the next request for this path) when the limit cut the samples off. */
  readonly next?: string;
}

/** Answers the history of one feature property to those who may read the property today. */
export class TimeseriesService {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: SeriesAccess,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws TimeseriesQueryInvalid
   * @throws ThingNotAccessible the thing does not exist, or the caller may read nothing of it
   * @throws GemelError `things:feature.property.notfound` when there is no history that the caller may read
   */
  async retrieve(
    target: TimeseriesTarget,
    parameters: TimeseriesParameters,
    subjects: readonly SubjectId[],
  ): Promise<Timeseries> {
    const query = parseTimeseriesQuery(parameters, this.clock.now());
    const leaves = await this.#leaves(target, subjects);
    const prefix = propertiesPointer(target);
    const series: TimeseriesLeaf[] = [];
    for (const [path, parts] of leaves) {
      const leaf = await this.#leaf(path.slice(formatPointer(prefix).length), parts, query);
      if (leaf.values.length > 0) series.push(leaf);
    }
    return {
      thingId: target.thingId,
      featureId: target.featureId,
      path: formatPointer(target.path),
      from: formatMicros(query.range.from),
      to: formatMicros(query.range.to),
      ...(query.window === undefined ? {} : { every: parameters.every ?? '', agg: query.window.aggregate }),
      series,
    };
  }

  /** The series below the target that may be read, those of one path together, in the order of their paths. */
  async #leaves(
    target: TimeseriesTarget,
    subjects: readonly SubjectId[],
  ): Promise<ReadonlyMap<string, readonly Series[]>> {
    const { thingId } = target;
    const enforcer = await this.access.enforcer(thingId, subjects);
    if (enforcer?.permitsPartially('thing', [], 'READ') !== true) throw new ThingNotAccessible(thingId);
    const pointer = [...propertiesPointer(target), ...target.path];
    const path = formatPointer(pointer);
    const stored = await this.history.series({ thingIds: [thingId] });
    const below = stored.filter(({ key }) => key.path === path || key.path.startsWith(`${path}/`));
    const allowed = below.filter(({ key }) => mayRead(enforcer, key.path));
    if (allowed.length === 0) throw new thingResources.featureProperty.notFound(thingId, path);
    const leaves = new Map<string, readonly Series[]>();
    for (const series of allowed.toSorted((a, b) => (a.key.path < b.key.path ? -1 : 1))) {
      leaves.set(series.key.path, [...(leaves.get(series.key.path) ?? []), series]);
    }
    return leaves;
  }

  async #leaf(
    path: string,
    series: readonly Series[],
    { range, window, limit }: TimeseriesQuery,
  ): Promise<TimeseriesLeaf> {
    if (window !== undefined) return { path, values: valuesOf(await this.history.windows(series, range, window)) };
    const samples = await this.history.samples(series, range, { limit: limit + 1 });
    const following = samples[limit];
    return {
      path,
      values: valuesOf(samples.slice(0, limit)),
      ...(following === undefined ? {} : { next: formatMicros(following.time) }),
    };
  }
}

function propertiesPointer({ featureId }: TimeseriesTarget): JsonPointer {
  return ['features', featureId, 'properties'];
}

function valuesOf(samples: readonly Sample[]): TimeseriesLeaf['values'] {
  return samples.map(({ time, value }) => [formatMicros(time), value]);
}
