import { timePlaceholder } from '../placeholders/index.js';
import type { Instant } from '../time/index.js';

/** What a `time:` placeholder (without the prefix) stands for: a number for `now_epoch_millis…`, else ISO 8601 text. */
export function timeValue(time: string, now: Instant): number | string {
  const text = timePlaceholder(time)?.(now) ?? '';
  return time.startsWith('now_epoch_millis') ? Number(text) : text;
}
