/** What aedes waits for before it confirms and distributes a message; with an error it closes the client instead. */
export type Acknowledge = (error?: Error | null) => void;

interface Waiting {
  readonly acknowledge: Acknowledge;
  outcome: Error | null | undefined;
}

/**
 * One client's messages under way. Their effects may finish in any order;
 * they are confirmed in the order they came in [MQTT-4.6.0-2].
 */
export class Acknowledgements {
  readonly #waiting: Waiting[] = [];
  #head = 0;

  get size(): number {
    return this.#waiting.length - this.#head;
  }

  /** The answer must be called once, with null when the message may be confirmed. */
  begin(acknowledge: Acknowledge): (outcome: Error | null) => void {
    const entry: Waiting = { acknowledge, outcome: undefined };
    this.#waiting.push(entry);
    return (outcome) => {
      entry.outcome = outcome;
      this.#flush();
    };
  }

  #flush(): void {
    for (let entry = this.#waiting[this.#head]; entry?.outcome !== undefined; entry = this.#waiting[this.#head]) {
      this.#head++;
      if (this.#head === this.#waiting.length) {
        this.#waiting.length = 0;
        this.#head = 0;
      }
      entry.acknowledge(entry.outcome);
    }
    if (this.#head > 1_024) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
