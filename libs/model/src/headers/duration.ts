const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, '': 1_000 };

/** Milliseconds of a duration such as `500ms`, `10s`, `1m` or `10`, which means seconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,9})(ms|s|m)?$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? Number.NaN);
}

/** Whole seconds without their unit, as Ditto prints them. */
export function formatDuration(ms: number): string {
  return ms % 1_000 === 0 ? String(ms / 1_000) : `${String(ms)}ms`;
}
