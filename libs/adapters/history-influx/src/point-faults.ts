import type { Logger, SeriesKey } from '@gemel/application/ports';

/** How many points did not become what a dashboard expects; a batch that is written again counts again. */
export interface FaultCounts {
  /** Kept as text, because their field has another type in InfluxDB. */
  readonly conflicts: number;
  /** Not kept. */
  readonly refused: number;
}

const REMEMBERED = 10_000;

/** Counts faults and logs the first one of each series. */
export class PointFaults {
  #conflicts = 0;
  #refused = 0;
  readonly #logged = new Set<string>();

  constructor(private readonly log: Logger) {}

  get counts(): FaultCounts {
    return { conflicts: this.#conflicts, refused: this.#refused };
  }

  conflict(key: SeriesKey, fields: { readonly type: string; readonly fieldType: string }): void {
    this.#conflicts += 1;
    if (!this.#isFirst('conflict', key)) return;
    this.log.warn(
      { ...named(key), ...fields },
      'values are kept as text, because their field has values of another type in InfluxDB',
    );
  }

  refused(key: SeriesKey, reason: string): void {
    this.#refused += 1;
    if (!this.#isFirst('refused', key)) return;
    this.log.error({ ...named(key), reason: shortened(reason) }, 'a value cannot be kept in InfluxDB and is lost');
  }

  #isFirst(kind: string, { thingId, path }: SeriesKey): boolean {
    const text = `${kind} ${thingId} ${path}`;
    if (this.#logged.has(text)) return false;
    if (this.#logged.size >= REMEMBERED) this.#logged.clear();
    this.#logged.add(text);
    return true;
  }
}

function named({ thingId, path, field }: SeriesKey): Readonly<Record<string, string>> {
  return { thingId, path: shortened(path), field: shortened(field) };
}

function shortened(text: string): string {
  return text.slice(0, 300);
}
