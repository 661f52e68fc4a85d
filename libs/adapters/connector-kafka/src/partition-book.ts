interface Record {
  readonly offset: number;
  state: 'handling' | 'handled' | 'rejected';
}

/**
 * What was taken of one partition and is not settled, by its offsets. It outlives sessions, so that what is fetched again
 * while the first try is under way is not handled again.
 */
export class PartitionBook {
  readonly #records: Record[] = [];
  #highest = -1;
  #handling = 0;
  #hasRejected = false;
  #rewinds = 0;

  /** Offset that a reader would go on with; undefined when nothing was settled yet. */
  position: number | undefined;

  /** How often it was begun again with what had been rejected: what was fetched before comes again since. */
  get rewinds(): number {
    return this.#rewinds;
  }

  /** Undefined when the record is known, or must wait for one before it that comes again. */
  take(offset: number): Record | undefined {
    if (this.#hasRejected || offset <= this.#highest) return undefined;
    this.#highest = offset;
    this.#handling++;
    const record: Record = { offset, state: 'handling' };
    this.#records.push(record);
    return record;
  }

  /** @returns the offset to fetch from again, when something was rejected and nothing is under way any more; `rewound` then */
  settle(record: Record, state: 'handled' | 'rejected'): number | undefined {
    record.state = state;
    this.#handling--;
    if (state === 'rejected') this.#hasRejected = true;
    let done = 0;
    for (const each of this.#records) {
      if (each.state !== 'handled') break;
      done++;
      this.position = each.offset + 1;
    }
    if (done > 0) this.#records.splice(0, done);
    const first = this.#records[0];
    if (!this.#hasRejected || this.#handling > 0 || first === undefined) return undefined;
    this.#records.length = 0;
    this.#highest = first.offset - 1;
    return first.offset;
  }

  /** What comes from now on was fetched again; what came before then would have made that look known. */
  rewound(): void {
    this.#hasRejected = false;
    this.#rewinds++;
  }
}
