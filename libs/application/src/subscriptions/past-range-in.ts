import { parsePastRange } from '@gemel/model/headers';
import type { PastRange } from '@gemel/model/headers';
import { member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';

/** What the range's members are called as headers, which are read by the same rules. */
const NAMES: Readonly<Record<string, string>> = {
  'from-historical-revision': 'fromHistoricalRevision',
  'to-historical-revision': 'toHistoricalRevision',
  'from-historical-timestamp': 'fromHistoricalTimestamp',
  'to-historical-timestamp': 'toHistoricalTimestamp',
};

/** The range that a subscription for past events names; all of them when it names none. @throws PastRangeInvalid */
export function pastRangeIn(asked: JsonObject): PastRange {
  const range = parsePastRange((name) => {
    const value = member(asked, NAMES[name] ?? name) ?? undefined;
    return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (range !== undefined) return range;
  const to = member(asked, 'toHistoricalRevision');
  return { by: 'revision', from: 1, to: typeof to === 'number' ? to : undefined };
}
