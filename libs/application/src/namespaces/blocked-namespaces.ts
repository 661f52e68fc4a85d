import type { Instant } from '@gemel/model/time';
import { inBackground } from '../background/index.js';
import type { Clock, Logger, RecordStore, Subscription, Timers } from '../ports/index.js';
import { NamespaceBlocked } from './errors.js';

const KIND = 'blocked-namespace';
/** How long a block lasts that nobody takes away (contract 1.13). */
const LASTS_MS = 300_000;
/** Between looks at what other processes have blocked. */
const LOOK_MS = 2_000;
/** More are not blocked at once. */
const MOST = 1_000;

export interface BlockedNamespacesParts {
  readonly records: RecordStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** Whether other processes work on the same store. */
  readonly isShared: boolean;
}

/** Namespaces whose things and policies nobody may reach while an operator erases them. */
export class BlockedNamespaces {
  #until: ReadonlyMap<string, Instant> = new Map();

  constructor(private readonly parts: BlockedNamespacesParts) {}

  /** Resolves when every process knows. @throws StoreUnavailable */
  async block(namespace: string): Promise<void> {
    const { records, clock, timers, isShared } = this.parts;
    await records.removeRecords(KIND, [namespace]);
    await records.insertRecord(KIND, namespace, clock.now() + LASTS_MS);
    await this.look();
    if (isShared) await timers.sleep(2 * LOOK_MS, new AbortController().signal);
  }

  /** @throws StoreUnavailable */
  async unblock(namespace: string): Promise<void> {
    await this.parts.records.removeRecords(KIND, [namespace]);
    await this.look();
  }

  /** Whether none is blocked. */
  get isEmpty(): boolean {
    return this.#until.size === 0;
  }

  /** @throws NamespaceBlocked */
  check(namespace: string): void {
    const until = this.#until.get(namespace);
    if (until !== undefined && until > this.parts.clock.now()) throw new NamespaceBlocked(namespace);
  }

  /** Learns what is blocked, and forgets what has ended. @throws StoreUnavailable */
  async look(): Promise<void> {
    const { records, clock } = this.parts;
    const found = await records.records(KIND, { prefix: '', limit: MOST });
    const until = found.map(({ key, content }): [string, Instant] => [key, typeof content === 'number' ? content : 0]);
    const ended = until.filter(([, instant]) => instant <= clock.now()).map(([namespace]) => namespace);
    if (ended.length > 0) await records.removeRecords(KIND, ended);
    this.#until = new Map(until);
  }

  /** Looks at once, and again and again where other processes may block, until it is stopped. */
  follow(): Subscription {
    const { timers, log, isShared } = this.parts;
    return inBackground(async (stopped) => {
      do {
        await this.look().catch((error: unknown) => {
          log.debug({ error }, 'could not look which namespaces are blocked');
        });
        if (isShared) await timers.sleep(LOOK_MS, stopped);
      } while (isShared && !stopped.aborted);
    });
  }
}
