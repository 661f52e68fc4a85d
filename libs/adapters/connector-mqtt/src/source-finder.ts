import { filterTest, unsharedFilter } from '@gemel/model/connections';
import type { Connection, Source } from '@gemel/model/connections';

import { identifierOf } from './subscriptions.js';

export interface FoundSource {
  readonly index: number;
  readonly source: Source;
  /** Of the subscription that brings its messages. */
  readonly identifier: number;
}

/** Topics remembered with their source. */
const REMEMBERED = 10_000;

/** Tells which source takes a topic: the first of which an address matches, so that overlapping ones take it once. */
export class SourceFinder {
  readonly #addresses: readonly (FoundSource & { readonly matches: (topic: string) => boolean })[];
  readonly #identifiers: ReadonlySet<number>;
  readonly #found = new Map<string, FoundSource | undefined>();

  constructor({ sources }: Connection) {
    this.#addresses = sources.flatMap((source, index) =>
      source.addresses.map((address) => ({
        index,
        source,
        identifier: identifierOf(address),
        matches: filterTest(unsharedFilter(address)),
      })),
    );
    this.#identifiers = new Set(this.#addresses.map(({ identifier }) => identifier));
  }

  /**
   * Undefined when no source takes it: a subscription that the connection once had, or a copy of a message that another
   * subscription brings as well, which brokers of MQTT 5 send for each.
   * @param identifiers of the subscriptions that the message was sent for, when the broker names them
   */
  find(topic: string, identifiers: readonly number[]): FoundSource | undefined {
    const found = this.#find(topic);
    if (found === undefined || identifiers.includes(found.identifier)) return found;
    const isCopy = identifiers.length > 0 && identifiers.every((each) => this.#identifiers.has(each));
    return isCopy ? undefined : found;
  }

  #find(topic: string): FoundSource | undefined {
    if (this.#found.has(topic)) return this.#found.get(topic);
    const found = this.#addresses.find(({ matches }) => matches(topic));
    if (this.#found.size >= REMEMBERED) this.#found.clear();
    this.#found.set(topic, found);
    return found;
  }
}
