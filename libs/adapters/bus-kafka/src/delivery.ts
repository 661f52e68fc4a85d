import type { Logger, RecordedEvent } from '@gemel/application/ports';
import type { EachBatchPayload } from 'kafkajs';
import type { KafkaCounts } from './counters.js';
import type { ParsedMessages } from './parsed-messages.js';
import type { Arrival, PlacedEvent } from './partition-book.js';

/** Reads what came from a partition; what is no event is counted and left out. */
export class Deliveries {
  #foreign = 0;
  #nextReport = 1;

  constructor(
    private readonly log: Logger,
    private readonly counts: KafkaCounts,
    private readonly parsed: ParsedMessages,
  ) {}

  read({ batch }: Pick<EachBatchPayload, 'batch'>): Arrival {
    const { topic, partition } = batch;
    const events: PlacedEvent[] = [];
    for (const message of batch.messages) {
      const recorded = this.parsed.read(partition, message);
      if (recorded === undefined) this.#skip(topic, partition, message.offset);
      else events.push(...placed(recorded, message.offset));
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

/** A message is done with its last event. */
function placed(recorded: readonly RecordedEvent[], offset: string): readonly PlacedEvent[] {
  const before = recorded.length > 1 ? String(BigInt(offset) - 1n) : offset;
  return recorded.map((each, index) => ({ offset: index === recorded.length - 1 ? offset : before, recorded: each }));
}
