import type { HistoryStore, Point, PointValue, Sample } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';

/** A moment in 2024, in microseconds since 1970. */
export const NOW = 1_715_943_644_787_000;
/** Of time: all of it. */
export const ALL = { from: 0, to: 2 * NOW };

/** What a property of a thing's feature `gps` was at a time, in microseconds since 1970. */
export function point(name: string, time: number, value: PointValue, property = 'value'): Point {
  return {
    thingId: parseThingId(`example:${name}`),
    path: `/features/gps/properties/${property}`,
    field: `value_gps_properties_${property}`,
    tags: { originator: 'nginx:ditto' },
    time,
    value,
  };
}

/** All that a history knows of such a thing. */
export async function samplesOf(history: HistoryStore, name: string): Promise<readonly Sample[]> {
  return history.samples(await history.series({ thingIds: [`example:${name}`] }), ALL);
}
