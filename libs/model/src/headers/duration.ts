import { parseDuration } from '../time/index.js';

const OF_HEADERS = /^\d{1,9}(?:ms|s|m)?$/;

/** Milliseconds of a duration such as `500ms`, `10s`, `1m` or `10`, which means seconds; undefined when it is none. */
export function parseHeaderDuration(text: string): number | undefined {
  const trimmed = text.trim();
  return OF_HEADERS.test(trimmed) ? parseDuration(trimmed) : undefined;
}

/** Whole seconds without their unit, as Ditto prints them. */
export function formatDuration(ms: number): string {
  return ms % 1_000 === 0 ? String(ms / 1_000) : `${String(ms)}ms`;
}
