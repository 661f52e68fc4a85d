import type { Position, RecordedEvent } from '@gemel/application/ports';
import { ConsumerGroup } from './consumer-group.js';
import { hash32 } from './seeded-random.js';

const PARTITIONS = 4;

/** A durable bus: events of one entity share a partition, in the order in which they came. */
export class SharedBus {
  readonly partitions: readonly RecordedEvent[][] = Array.from({ length: PARTITIONS }, () => []);
  #last: Position = 0;
  readonly #groups = new Map<string, ConsumerGroup>();
  readonly #onPublish = new Set<() => void>();

  publish(events: readonly RecordedEvent[]): void {
    for (const recorded of events) {
      this.#last = Math.max(this.#last, recorded.position);
      this.partitions[hash32(recorded.event.id) % PARTITIONS]?.push(recorded);
    }
    for (const listener of [...this.#onPublish]) listener();
  }

  onPublish(listener: () => void): () => void {
    this.#onPublish.add(listener);
    return () => this.#onPublish.delete(listener);
  }

  group(name: string): ConsumerGroup {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = new ConsumerGroup(this.partitions);
    this.#groups.set(name, group);
    return group;
  }

  /** Where each partition ends now. */
  ends(): number[] {
    return this.partitions.map((partition) => partition.length);
  }

  /** The highest position on the bus; a publisher that was suspended may have put lower ones behind it. */
  get last(): Position {
    return this.#last;
  }
}
