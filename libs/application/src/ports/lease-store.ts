/** Who holds something that only one replica may hold at a time. */
export interface LeaseRecord {
  /** The replica; empty when the last holder has given it back. */
  readonly holder: string;
  /** Counts the changes of holder, from 1. What a former holder still does can be told by its lower token. */
  readonly token: number;
  /** Counts the renewals under one token, from 0. A record whose beat stands still has lost its holder. */
  readonly beat: number;
}

/**
 * Records of leases, changed one at a time: of two replacements of the same record one takes effect.
 * Holds no time, so that clocks of replicas need not agree: who watches a record decides when it is abandoned.
 */
export interface LeaseStore {
  lease(name: string): Promise<LeaseRecord | undefined>;
  /**
   * Puts `next` in the place of `expected` (undefined: there is none yet); false when something else was there.
   * @throws StoreUnavailable it may or may not have taken effect
   */
  replaceLease(name: string, expected: LeaseRecord | undefined, next: LeaseRecord): Promise<boolean>;
}
