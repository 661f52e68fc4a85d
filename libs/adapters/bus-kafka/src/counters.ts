/** Since Kafka was opened. */
export interface KafkaCounters {
  /** Events that the bus holds; one that was published again counts again. */
  readonly published: number;
  /** Publishings that were rejected, and come again. */
  readonly publishFailures: number;
  /** Events handled by the readers of this process. */
  readonly consumed: number;
  /** Batches that a reader rejected. */
  readonly retried: number;
  /** Events dropped because they had been seen. */
  readonly duplicates: number;
  /** Messages that are no events: somebody else writes to the topic. */
  readonly foreign: number;
  /** Consumers and producers started again after a failure. */
  readonly reconnects: number;
}

export class KafkaCounts {
  readonly #counts: Record<keyof KafkaCounters, number> = {
    published: 0,
    publishFailures: 0,
    consumed: 0,
    retried: 0,
    duplicates: 0,
    foreign: 0,
    reconnects: 0,
  };

  count(what: keyof KafkaCounters, by = 1): void {
    this.#counts[what] += by;
  }

  snapshot(): KafkaCounters {
    return { ...this.#counts };
  }
}
