const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In milliseconds; undefined when the text is none. A number without a unit means seconds. */
export function parseDuration(text: string): number | undefined {
  const [, digits = '', unit = 's'] = /^(\d{1,9})\s*(ms|s|m|h|d)?$/.exec(text) ?? [];
  return digits === '' ? undefined : Number(digits) * (UNITS[unit] ?? 1);
}
