import { HistoryUnavailable } from '@gemel/application/ports';
import type {
  HistoryStore,
  Meter,
  Point,
  Position,
  Sample,
  Series,
  SeriesFilter,
  TimeRange,
  Window,
} from '@gemel/application/ports';
import type { InfluxHistory } from './influx-history.js';
import { openInfluxHistory } from './open-influx-history.js';
import type { InfluxHistoryOptions } from './open-influx-history.js';

/**
 * As `openInfluxHistory`, but InfluxDB may be away: then it is opened by the first call after it is back, and calls before
 * that are refused.
 * @throws InfluxSettingsRefused a setting must be changed; the message says which
 */
export async function openPatientInfluxHistory(options: InfluxHistoryOptions): Promise<PatientInfluxHistory> {
  const history = new PatientInfluxHistory(options);
  await history.open().catch((error: unknown) => {
    if (!(error instanceof HistoryUnavailable)) throw error;
    options.log.warn({ error }, 'InfluxDB does not answer; the history waits for it');
  });
  return history;
}

/** Every method throws HistoryUnavailable while InfluxDB has not been there yet. */
export class PatientInfluxHistory implements HistoryStore {
  #opened: InfluxHistory | undefined;
  #opening: Promise<InfluxHistory> | undefined;
  #closed = false;

  constructor(private readonly options: InfluxHistoryOptions) {}

  async open(): Promise<InfluxHistory> {
    if (this.#opened !== undefined) return this.#opened;
    this.#opening ??= openInfluxHistory(this.options).finally(() => (this.#opening = undefined));
    const opened = await this.#opening;
    if (this.#closed) await opened.close();
    this.#opened = opened;
    return opened;
  }

  async position(): Promise<Position> {
    return (await this.open()).position();
  }

  async write(points: readonly Point[], position: Position): Promise<void> {
    await (await this.open()).write(points, position);
  }

  async series(filter: SeriesFilter): Promise<readonly Series[]> {
    return (await this.open()).series(filter);
  }

  async samples(
    series: readonly Series[],
    range: TimeRange,
    options?: { readonly limit?: number; readonly newestFirst?: boolean },
  ): Promise<readonly Sample[]> {
    return (await this.open()).samples(series, range, options);
  }

  async windows(series: readonly Series[], range: TimeRange, window: Window): Promise<readonly Sample[]> {
    return (await this.open()).windows(series, range, window);
  }

  async isReachable(): Promise<boolean> {
    try {
      return await (await this.open()).isReachable();
    } catch {
      return false;
    }
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_history_faults_total',
        help: 'Points kept as text because their field has another type, and points that were refused.',
        kind: 'counter',
        labels: ['kind'],
        read: () => {
          const { conflicts, refused } = this.#opened?.faultCounts ?? { conflicts: 0, refused: 0 };
          return [
            { labels: { kind: 'conflict' }, value: conflicts },
            { labels: { kind: 'refused' }, value: refused },
          ];
        },
      },
    ];
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opened?.close();
  }
}
