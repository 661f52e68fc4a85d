const MICROS_PER_DAY = 86_400_000_000;
const REMEMBERED = 10_000;

/**
 * Days on which InfluxDB refused the type of a field: somebody else wrote another type into the shard of that time.
 * Shards span a day or more, so that asking again on the next day costs little.
 */
export class TypeConflicts {
  readonly #refused = new Set<string>();

  includes(field: string, time: number): boolean {
    return this.#refused.size > 0 && this.#refused.has(text(field, time));
  }

  /** Whether any of it is new. */
  add(field: string, times: Iterable<number>): boolean {
    if (this.#refused.size > REMEMBERED) this.#refused.clear();
    const before = this.#refused.size;
    for (const time of times) this.#refused.add(text(field, time));
    return this.#refused.size > before;
  }
}

function text(field: string, time: number): string {
  return `${Math.floor(time / MICROS_PER_DAY)} ${field}`;
}
