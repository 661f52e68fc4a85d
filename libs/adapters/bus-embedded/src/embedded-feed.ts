import type { EventFeed, EventReader, Meter, RecordedEvent, Subscription } from '@gemel/application/ports';
import type { EmbeddedFeedOptions } from './embedded-feed-options.js';
import { LogReader } from './log-reader.js';

/** The event feed of one process: readers keep their positions, are woken by each commit and read from the log. */
export class EmbeddedFeed implements EventFeed {
  readonly #readers = new Set<LogReader>();
  readonly #watchers = new Set<(recorded: RecordedEvent) => void>();

  constructor(private readonly options: EmbeddedFeedOptions) {
    options.onCommit((events) => {
      this.#deliver(events);
    });
  }

  follow(reader: EventReader): Subscription {
    const following = new LogReader(reader, this.options);
    this.#readers.add(following);
    following.start();
    return {
      stop: () => {
        this.#readers.delete(following);
        return following.stop();
      },
    };
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_reader_lag_events',
        help: 'Events of the log that a reader has not had yet.',
        kind: 'gauge',
        labels: ['reader'],
        read: () =>
          Promise.all(
            [...this.#readers].map(async (reader) => ({ labels: { reader: reader.name }, value: await reader.lag() })),
          ),
      },
    ];
  }

  watch(listener: (recorded: RecordedEvent) => void): Subscription {
    this.#watchers.add(listener);
    return {
      stop: () => {
        this.#watchers.delete(listener);
        return Promise.resolve();
      },
    };
  }

  #deliver(events: readonly RecordedEvent[]): void {
    for (const reader of this.#readers) reader.wake();
    for (const event of events) {
      for (const watcher of this.#watchers) this.#tell(watcher, event);
    }
  }

  #tell(watcher: (recorded: RecordedEvent) => void, event: RecordedEvent): void {
    try {
      watcher(event);
    } catch (error) {
      this.options.logger.error({ error, position: event.position }, 'a listener of events failed');
    }
  }
}
