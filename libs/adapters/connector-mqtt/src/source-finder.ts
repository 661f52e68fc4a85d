import { filterTest, unsharedFilter } from '@gemel/model/connections';
import type { Connection, Source } from '@gemel/model/connections';
import type { ISubscriptionMap } from 'mqtt';

export interface FoundSource {
  readonly index: number;
  readonly source: Source;
}

/** Topics remembered with their source. */
const REMEMBERED = 10_000;

/** Tells which source takes a topic: the first whose addresses match, so that overlapping ones take it once. */
export class SourceFinder {
  readonly #sources: readonly (FoundSource & { readonly matches: (topic: string) => boolean })[];
  readonly #found = new Map<string, FoundSource | undefined>();

  constructor({ sources }: Connection) {
    this.#sources = sources.map((source, index) => {
      const tests = source.addresses.map((address) => filterTest(unsharedFilter(address)));
      return { index, source, matches: (topic) => tests.some((test) => test(topic)) };
    });
  }

  find(topic: string): FoundSource | undefined {
    if (this.#found.has(topic)) return this.#found.get(topic);
    const found = this.#sources.find(({ matches }) => matches(topic));
    if (this.#found.size >= REMEMBERED) this.#found.clear();
    this.#found.set(topic, found);
    return found;
  }
}

/** Every address once; of sources that share one the higher QoS counts. */
export function subscriptionsOf({ sources, type }: Connection): ISubscriptionMap {
  const subscriptions: ISubscriptionMap = {};
  for (const { addresses, qos } of sources) {
    for (const address of addresses) {
      const before = subscriptions[address]?.qos ?? 0;
      // Retained messages only when the session had no such subscription: they were handled then.
      const retained = type === 'mqtt-5' && !address.startsWith('$share/') ? { rh: 1 } : undefined;
      subscriptions[address] = { qos: qos > before ? qos : before, ...retained };
    }
  }
  return subscriptions;
}
