/** Milliseconds since 1970-01-01T00:00:00Z, an integer. Comes from the clock port or from a signal, never from `Date.now()`. */
export type Instant = number;

/** The one that was printed last: signals come many in a millisecond, and making the text takes as long as the rest of an envelope. */
let printed: { readonly instant: Instant; readonly text: string } | undefined;

/** ISO 8601 in UTC as Java's `Instant` prints it: no fraction when it is zero, else three digits. */
export function formatInstant(instant: Instant): string {
  if (printed?.instant !== instant) printed = { instant, text: print(instant) };
  return printed.text;
}

function print(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

/** The instant that an ISO 8601 text names; digits past the millisecond are dropped; undefined when it is none. */
export function parseInstant(text: string): Instant | undefined {
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

const MICROS_PER_MS = 1_000;

/** As `formatInstant`, for microseconds since 1970: six digits of fraction when three do not hold it. */
export function formatMicros(micros: number): string {
  const rest = micros - Math.floor(micros / MICROS_PER_MS) * MICROS_PER_MS;
  if (rest === 0) return formatInstant(micros / MICROS_PER_MS);
  const milliseconds = new Date(Math.floor(micros / MICROS_PER_MS)).toISOString().slice(0, -1);
  return `${milliseconds}${String(rest).padStart(3, '0')}Z`;
}
