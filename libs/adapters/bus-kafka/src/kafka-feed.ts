import type { EventFeed, EventReader, RecordedEvent, Subscription } from '@gemel/application/ports';
import { EventWatch } from './event-watch.js';
import { GroupReader } from './group-reader.js';
import type { FeedParts } from './group-reader.js';

/**
 * The event feed between processes. It keeps the readers' positions, as committed offsets of a consumer group for each
 * name; they last as long as the brokers keep those of a group without members (`offsets.retention.minutes`). Whoever
 * restores the log from an older backup restarts all replicas: positions that come again are taken for duplicates.
 */
export class KafkaFeed implements EventFeed {
  readonly #followed = new Set<GroupReader>();
  readonly #watch: EventWatch;

  constructor(
    private readonly groupPrefix: string,
    private readonly parts: FeedParts,
  ) {
    this.#watch = new EventWatch(groupPrefix, parts);
  }

  get #isWatched(): boolean {
    return this.parts.options.watched ?? true;
  }

  /** @param isThere whether Kafka answered: the first listener then misses nothing from here on */
  async open(isThere: boolean): Promise<void> {
    if (!this.#isWatched) return;
    if (isThere) await this.#watch.openNow();
    this.#watch.start();
  }

  follow(reader: EventReader): Subscription {
    const following = new GroupReader(reader, `${this.groupPrefix}.${reader.name}`, this.parts);
    this.#followed.add(following);
    following.start();
    return {
      stop: () => {
        this.#followed.delete(following);
        return following.stop();
      },
    };
  }

  watch(listener: (recorded: RecordedEvent) => void): Subscription {
    if (!this.#isWatched) throw new Error('this process was opened as one in which nobody watches events');
    return this.#watch.add(listener);
  }

  /** Groups by the names of the readers that follow in this process. */
  groups(): ReadonlyMap<string, string> {
    return new Map([...this.#followed].map(({ name, groupId }) => [name, groupId]));
  }

  /** Stops every reader and watcher. */
  async close(): Promise<void> {
    await Promise.all([...this.#followed].map((following) => following.stop()));
    await this.#watch.stop();
  }
}
