import { setTimeout as delay, setImmediate as turnOfNode } from 'node:timers/promises';
import type { EventReader, Position, RecordedEvent } from '@gemel/application/ports';
import type { EmbeddedFeedOptions } from './embedded-feed-options.js';

const BATCH = 5_000;
/** For a reader that wants more than that. */
const LARGEST_BATCH = 12_000;
/**
 * Pause after a batch that reached the end of the log, in milliseconds for each of its events and all together: what
 * comes in meanwhile is one batch again. The busier the log, the more a reader saves by that; with few events it is
 * hardly behind.
 */
const GATHER_MS_PER_EVENT = 1;
const LONGEST_GATHER_MS = 100;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Feeds one reader from its position on, batch after batch; sleeps at the end of the log until it is woken. */
export class LogReader {
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;
  #position: Position | undefined;
  #gatheredMs = 0;
  /** Where a reader without a position began; kept, so that a batch that fails is not taken for the end. */
  #began: Position | undefined;

  constructor(
    private readonly reader: EventReader,
    private readonly options: Omit<EmbeddedFeedOptions, 'onCommit'>,
  ) {}

  get name(): string {
    return this.reader.name;
  }

  get #largestBatch(): number {
    return Math.min(LARGEST_BATCH, this.reader.largestBatch ?? BATCH);
  }

  /** Events of the log that the reader has not had yet. */
  async lag(): Promise<number> {
    return Math.max(0, (await this.options.log.end()) - (this.#position ?? (await this.reader.position())));
  }

  start(): void {
    this.#running = this.#run();
  }

  /** There may be something new in the log. */
  wake(): void {
    this.#wake?.();
  }

  stop(): Promise<void> {
    this.#stopped.abort();
    this.wake();
    return this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isStopped()) {
      // Asked for before reading, so that a commit in between is not missed.
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      try {
        const from = this.#position ?? (await this.#start());
        if (this.#position === undefined) await this.reader.placed?.(from);
        const events = await this.options.log.read(from, this.#largestBatch);
        this.#position = await this.#handle(events, from);
        if (this.#position === from) await woken;
        else if (events.length < this.#largestBatch) await this.#gather(events.length);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        this.options.logger.warn(
          { error, reader: this.reader.name, pauseMs },
          'a reader of events failed; it tries again',
        );
        // What it stored is the truth.
        this.#position = undefined;
        await this.#pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Where the reader was; at the end of the log when it claims to be beyond, or it would miss what comes next. */
  async #start(): Promise<Position> {
    const position = await this.reader.position();
    const end = await this.options.log.end();
    if (position === 0 && this.reader.startsAt === 'end') return (this.#began ??= end);
    if (position <= end) return position;
    this.options.logger.error(
      { reader: this.reader.name, position, end },
      'a reader is ahead of the log, which was probably restored from an older backup; it goes on from the end',
    );
    return end;
  }

  /** Where the reader is then. */
  async #handle(events: readonly RecordedEvent[], from: Position): Promise<Position> {
    const last = events.at(-1);
    if (last === undefined || this.#isStopped()) return from;
    await this.reader.handle(events);
    // A reader that never waits would otherwise keep everybody else waiting while it catches up.
    await (this.options.nextTurn ?? turnOfNode)();
    return last.position;
  }

  /** Lets the next batch come together, after one of so many events. */
  #gather(count: number): Promise<void> {
    const { leastGatherMs = 0, longestGatherMs = LONGEST_GATHER_MS, mostGathered = this.#largestBatch } = this.options;
    const worthIt = Math.max(leastGatherMs, count * GATHER_MS_PER_EVENT);
    const wanted = Math.min(worthIt, longestGatherMs, this.reader.patienceMs ?? Infinity);
    if (wanted === 0) return Promise.resolve();
    // What came in the last pause says how much comes in this one.
    const expected = this.#gatheredMs === 0 ? 0 : (count * wanted) / this.#gatheredMs;
    this.#gatheredMs = expected > mostGathered ? (wanted * mostGathered) / expected : wanted;
    return this.#pause(this.#gatheredMs);
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  #pause(ms: number): Promise<void> {
    return (this.options.pause ?? pauseOfNode)(ms, this.#stopped.signal);
  }
}

async function pauseOfNode(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
