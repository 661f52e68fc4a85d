import { StoreUnavailable } from '@gemel/application/ports';
import type {
  HistoryStore,
  Point,
  Position,
  Sample,
  Series,
  SeriesFilter,
  TimeRange,
  Window,
} from '@gemel/application/ports';
import type { MemoryHistory } from '../memory/index.js';
import type { VirtualProcess } from './virtual-process.js';

/** The shared history as one replica sees it. */
export class ReplicaHistory implements HistoryStore {
  constructor(
    private readonly shared: MemoryHistory,
    private readonly process: VirtualProcess,
  ) {}

  async position(): Promise<Position> {
    return this.process.call('position of history', () => this.shared.position());
  }

  async write(points: readonly Point[], position: Position): Promise<void> {
    const what = `write ${points.length} points`;
    await this.process.call(what, () => {
      const done = this.process.breakDown(what, points.length);
      void this.shared.write(points.slice(0, done), position);
      if (done !== undefined) throw new StoreUnavailable('the history broke down half-way');
    });
  }

  async series(filter: SeriesFilter): Promise<readonly Series[]> {
    return this.process.call('series', () => this.shared.series(filter));
  }

  async samples(
    series: readonly Series[],
    range: TimeRange,
    options?: { readonly limit?: number; readonly newestFirst?: boolean },
  ): Promise<readonly Sample[]> {
    return this.process.call('samples', () => this.shared.samples(series, range, options));
  }

  async windows(series: readonly Series[], range: TimeRange, window: Window): Promise<readonly Sample[]> {
    return this.process.call('windows', () => this.shared.windows(series, range, window));
  }
}
