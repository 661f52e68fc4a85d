import type { Logger, RecordedEvent } from '@gemel/application/ports';
import type { EachBatchPayload } from 'kafkajs';
import type { KafkaCounts } from './counters.js';
import { parseMessage } from './event-codec.js';
import type { Arrival, PlacedEvent } from './partition-book.js';

/** Reads what came from a partition; what is no event is counted and left out. */
export class Deliveries {
  #foreign = 0;
  #nextReport = 1;

  constructor(
    private readonly log: Logger,
    private readonly counts: KafkaCounts,
    private readonly arrived: (recorded: RecordedEvent) => void = () => undefined,
  ) {}

  read({ batch }: Pick<EachBatchPayload, 'batch'>): Arrival {
    const { topic, partition } = batch;
    const events: PlacedEvent[] = [];
    for (const message of batch.messages) {
      const recorded = parseMessage(message);
      if (recorded === undefined) {
        this.#skip(topic, partition, message.offset);
        continue;
      }
      this.arrived(recorded);
      events.push({ offset: message.offset, recorded });
    }
    return { partition, events, lastOffset: batch.lastOffset() };
  }

  /** Reports the first, and then each time there are twice as many: a foreign writer must not fill the log. */
  #skip(topic: string, partition: number, offset: string): void {
    this.counts.count('foreign');
    this.#foreign += 1;
    if (this.#foreign < this.#nextReport) return;
    this.#nextReport *= 2;
    this.log.error(
      { topic, partition, offset, skipped: this.#foreign },
      'skipped a message that is no event: somebody else writes to the topic of events',
    );
  }
}
