import type { AdminConnection } from './admin-connection.js';

const ANSWER_MS = 2_000;
const FRESH_MS = 5_000;

/** Messages that each reader is behind the end of the topic, by its name; all replicas of a group together. */
export type Lags = Readonly<Record<string, number>>;

/** Asks Kafka at most every five seconds, however often it is asked. */
export class Lag {
  #asked: { readonly at: number; readonly groups: string; readonly lags: Promise<Lags> } | undefined;

  constructor(
    private readonly topic: string,
    private readonly admin: AdminConnection,
    private readonly groups: () => ReadonlyMap<string, string>,
  ) {}

  /** @throws KafkaUnavailable no answer within two seconds */
  read(): Promise<Lags> {
    const groups = this.groups();
    const names = [...groups.keys()].join();
    const now = performance.now();
    if (this.#asked?.groups !== names || now - this.#asked.at > FRESH_MS) {
      this.#asked = { at: now, groups: names, lags: this.#ask(groups) };
    }
    return this.#asked.lags;
  }

  async #ask(groups: ReadonlyMap<string, string>): Promise<Lags> {
    if (groups.size === 0) return {};
    const { topic } = this;
    return this.admin.ask(async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const lags: Record<string, number> = {};
      for (const [name, groupId] of groups) {
        const offsets = (await admin.fetchOffsets({ groupId, topics: [topic] })).flatMap(
          ({ partitions }) => partitions,
        );
        lags[name] = lagOf(ends, offsets);
      }
      return lags;
    }, ANSWER_MS);
  }
}

/** A partition without a committed offset is read from its beginning. */
export function lagOf(
  ends: readonly { readonly partition: number; readonly low: string; readonly high: string }[],
  committed: readonly { readonly partition: number; readonly offset: string }[],
): number {
  const offsets = new Map(committed.map(({ partition, offset }) => [partition, BigInt(offset)]));
  let lag = 0n;
  for (const { partition, low, high } of ends) {
    const offset = offsets.get(partition) ?? -1n;
    const from = offset < BigInt(low) ? BigInt(low) : offset;
    if (from < BigInt(high)) lag += BigInt(high) - from;
  }
  return Number(lag);
}
