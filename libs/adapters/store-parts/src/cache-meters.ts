import type { Meter, MeterSample } from '@gemel/application/ports';
import type { StateCache } from './state-cache.js';

/** What caches hold and how often they help; `caches` by what is in them. */
export function cacheMeters(caches: Readonly<Record<string, Pick<StateCache<unknown>, 'counts'>>>): readonly Meter[] {
  const labels = ['cache'];
  const counts = () => Object.entries(caches).map(([cache, it]) => ({ cache, ...it.counts() }));
  const each =
    (value: (counts: ReturnType<StateCache<unknown>['counts']>) => number): (() => readonly MeterSample[]) =>
    () =>
      counts().map(({ cache, ...it }) => ({ labels: { cache }, value: value(it) }));
  return [
    {
      name: 'gemel_cache_entries',
      help: 'States in memory.',
      kind: 'gauge',
      labels,
      read: each(({ entries }) => entries),
    },
    {
      name: 'gemel_cache_bytes',
      help: 'Memory of the states that are held, estimated.',
      kind: 'gauge',
      labels,
      read: each(({ bytes }) => bytes),
    },
    {
      name: 'gemel_cache_hits_total',
      help: 'States that were in memory when asked for.',
      kind: 'counter',
      labels,
      read: each(({ hits }) => hits),
    },
    {
      name: 'gemel_cache_misses_total',
      help: 'States that had to be read from the store, or were never there.',
      kind: 'counter',
      labels,
      read: each(({ misses }) => misses),
    },
  ];
}
