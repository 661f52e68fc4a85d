import type { RecordedEvent } from '@gemel/application/ports';

/** A member that was not heard of for so long has lost its partitions. */
const SESSION_MS = 6_000;
const BATCH = 20;

interface Member {
  heard: number;
  /** Of the generation that it knows of. */
  generation: number;
}

export interface Fetched {
  readonly partition: number;
  readonly offset: number;
  readonly events: readonly RecordedEvent[];
}

/** Readers that share a topic: each partition belongs to one member of a generation, and goes on from the last commit. */
export class ConsumerGroup {
  readonly #members = new Map<string, Member>();
  readonly #committed: number[];
  #generation = 0;

  constructor(private readonly partitions: readonly (readonly RecordedEvent[])[]) {
    this.#committed = partitions.map(() => 0);
  }

  /**
   * What follows the last commit in one of the member's partitions: a member commits before it fetches again.
   * Undefined when the member has to join again, which `fetch` of another member or its own silence may bring about.
   */
  fetch(name: string, now: number): Fetched | undefined {
    const member = this.#heard(name, now);
    const mine = [...this.#members.keys()].toSorted();
    const index = mine.indexOf(name);
    if (member.generation !== this.#generation) {
      member.generation = this.#generation;
      return undefined;
    }
    for (const [partition, events] of this.partitions.entries()) {
      const offset = this.#committed[partition] ?? 0;
      if (partition % mine.length !== index || offset >= events.length) continue;
      return { partition, offset, events: events.slice(offset, offset + BATCH) };
    }
    return { partition: -1, offset: 0, events: [] };
  }

  /** Refused to a member of an earlier generation. */
  commit(name: string, now: number, { partition, offset, events }: Fetched): void {
    const member = this.#heard(name, now);
    if (member.generation === this.#generation) this.#committed[partition] = offset + events.length;
  }

  leave(name: string): void {
    if (this.#members.delete(name)) this.#rebalance();
  }

  isDone(): boolean {
    return this.partitions.every((events, partition) => this.#committed[partition] === events.length);
  }

  #heard(name: string, now: number): Member {
    for (const [other, { heard }] of this.#members) {
      if (now - heard > SESSION_MS) this.leave(other);
    }
    const known = this.#members.get(name);
    if (known !== undefined) {
      known.heard = now;
      return known;
    }
    const member = { heard: now, generation: 0 };
    this.#members.set(name, member);
    this.#rebalance();
    return member;
  }

  #rebalance(): void {
    this.#generation += 1;
  }
}
