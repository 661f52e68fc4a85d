import type { EventReader, Position, RecordedEvent } from '@gemel/application/ports';
import { namesOf } from './changes.js';
import { turns } from './turns.js';

/** Stores what it is given, or fails as often as told. */
export class Recorder implements EventReader {
  readonly taken: RecordedEvent[] = [];
  /** Names of each batch's events, rejected ones included. */
  readonly offered: (readonly string[])[] = [];
  failures = 0;
  onFailure: () => void = () => undefined;
  before: () => Promise<void> = () => Promise.resolve();
  atOnce = 0;
  mostAtOnce = 0;
  isPlaced = false;
  patienceMs = Infinity;
  largestBatch = Infinity;

  constructor(
    public stored: Position = 0,
    readonly name = 'recorder',
    readonly startsAt: 'beginning' | 'end' = 'beginning',
  ) {}

  placed(): void {
    this.isPlaced = true;
  }

  async position(): Promise<Position> {
    return Promise.resolve(this.stored);
  }

  async handle(events: readonly RecordedEvent[]): Promise<void> {
    this.offered.push(namesOf(events));
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await this.before();
    await turns(1);
    this.atOnce -= 1;
    if (this.failures > 0) {
      this.failures -= 1;
      this.onFailure();
      throw new Error('not now');
    }
    this.taken.push(...events);
    this.stored = events.at(-1)?.position ?? this.stored;
  }
}
