import { inBackground } from '../background/index.js';
import type { LeaseRecord, LeaseStore, Logger, Subscription, Timers } from '../ports/index.js';

/** What a holder knows of its lease. */
export interface HeldLease {
  readonly name: string;
  /** Higher than that of every holder before. */
  readonly token: number;
  /** False from the moment on in which another replica could have taken over; ask before each step. */
  isHeld(): boolean;
}

/** Work that one replica does for all. */
export interface LeasedTask {
  /** Begins; the work is stopped when the lease is lost or given back. A rejection gives the lease back. */
  start(lease: HeldLease): Promise<Subscription>;
  /** For how long a lease that another replica has given back is left to still others first, in milliseconds. @default 0 */
  patienceMs?(): number;
}

export interface LeaseTimes {
  /** A record that stands still for so long, as one watcher sees it, has lost its holder. */
  readonly abandonedAfterMs: number;
  /** After so long without a successful renewal the holder stops by itself; shorter than `abandonedAfterMs`. */
  readonly heldForMs: number;
  /** Between renewals, and between looks at a lease that another replica holds: at most. */
  readonly beatMs: number;
}

/** A dead holder is replaced within 8 seconds. */
export const LEASE_TIMES: LeaseTimes = { abandonedAfterMs: 6_000, heldForMs: 4_500, beatMs: 1_000 };

export interface LeaseKeeperParts {
  readonly store: LeaseStore;
  readonly timers: Timers;
  readonly log: Logger;
  /** This replica; unique. */
  readonly holder: string;
  /** @default LEASE_TIMES */
  readonly times?: LeaseTimes;
}

/** Competes for leases for as long as it is asked to, and runs their tasks while it holds them. */
export class LeaseKeeper {
  constructor(private readonly parts: LeaseKeeperParts) {}

  /** The replica's name in the records. */
  get holder(): string {
    return this.parts.holder;
  }

  /** Stopping the subscription stops the task, then gives the lease back. */
  compete(name: string, task: LeasedTask): Subscription {
    return inBackground((stopped) => new Competition(name, task, this.parts, stopped).run());
  }
}

/** One replica's part in the competition for one lease. */
class Competition {
  readonly #times: LeaseTimes;
  /** The record as last seen, and since when it looks like that. */
  #seen: { readonly record: LeaseRecord | undefined; readonly since: number } | undefined;
  /** The last record by which it tried to become the holder. */
  #tried: LeaseRecord | undefined;
  /** Whether another replica has held it since this one has competed. */
  #isOthers = false;

  constructor(
    private readonly name: string,
    private readonly task: LeasedTask,
    private readonly parts: LeaseKeeperParts,
    private readonly stopped: AbortSignal,
  ) {
    this.#times = parts.times ?? LEASE_TIMES;
  }

  async run(): Promise<void> {
    const { timers, log } = this.parts;
    while (!this.stopped.aborted) {
      try {
        const began = timers.now();
        const record = await this.#take();
        if (record !== undefined) await this.#hold(record, began);
      } catch (error) {
        log.warn({ error, lease: this.name }, 'could not compete for a lease; tries again');
      }
      await timers.sleep(this.#untilBeat(), this.stopped);
    }
  }

  /** The record that makes this replica the holder; undefined while another one is. */
  async #take(): Promise<LeaseRecord | undefined> {
    const { store, timers, holder } = this.parts;
    const record = await store.lease(this.name);
    const now = timers.now();
    if (this.#seen === undefined || !isSame(this.#seen.record, record)) this.#seen = { record, since: now };
    const seenMs = now - this.#seen.since;
    this.#isOthers ||= record !== undefined && record.holder !== '' && record.holder !== holder;
    // Its own: a try whose answer was lost has taken effect, or it has stopped since it could not renew. Nobody works under it.
    const isOwn = record?.holder === holder && record.token === this.#tried?.token;
    const isFree = record === undefined || record.holder === '' || isOwn;
    if (!isFree && seenMs < this.#times.abandonedAfterMs) return undefined;
    if (this.#isOthers && record?.holder === '' && seenMs < (this.task.patienceMs?.() ?? 0)) return undefined;
    const next = { holder, token: (record?.token ?? 0) + 1, beat: 0 };
    this.#tried = next;
    return (await store.replaceLease(this.name, record, next)) ? next : undefined;
  }

  async #hold(taken: LeaseRecord, began: number): Promise<void> {
    const { log } = this.parts;
    this.#isOthers = false;
    const lease = new Holding(this.name, taken, this.parts);
    lease.renewedAt(began);
    log.info({ lease: this.name, token: taken.token }, 'holds a lease');
    const ended = new AbortController();
    // Renewed from the beginning: a start may take longer than the lease lasts.
    const renewing = this.#renew(lease, ended.signal);
    let work: Subscription | undefined;
    try {
      work = await this.task.start(lease);
      await Promise.race([renewing, untilAborted(this.stopped)]);
    } finally {
      await work?.stop();
      ended.abort();
      await renewing;
      await this.#giveBack(lease);
      this.#seen = undefined;
    }
  }

  /** Resolves when the lease is lost, or `ended`. */
  async #renew(lease: Holding, ended: AbortSignal): Promise<void> {
    const { timers, log } = this.parts;
    for (;;) {
      await timers.sleep(this.#untilBeat(), ended);
      if (ended.aborted) return;
      try {
        if (!(await lease.renew())) break;
      } catch (error) {
        log.warn({ error, lease: this.name }, 'could not renew a lease');
      }
      if (!lease.isHeld()) break;
    }
    lease.drop();
    log.warn({ lease: this.name, token: lease.token }, 'lost a lease');
  }

  /** All leases of a process beat together, so that a store can make one question of them. */
  #untilBeat(): number {
    const { beatMs } = this.#times;
    return beatMs - (this.parts.timers.now() % beatMs);
  }

  async #giveBack(lease: Holding): Promise<void> {
    try {
      await lease.release();
    } catch (error) {
      // Another replica takes it when it has stood still for long enough.
      this.parts.log.warn({ error, lease: this.name }, 'could not give a lease back');
    }
  }
}

/** A lease while this replica holds it. */
class Holding implements HeldLease {
  readonly token: number;
  readonly #times: LeaseTimes;
  #record: LeaseRecord;
  #heldUntil = 0;

  constructor(
    readonly name: string,
    record: LeaseRecord,
    private readonly parts: LeaseKeeperParts,
  ) {
    this.#record = record;
    this.token = record.token;
    this.#times = parts.times ?? LEASE_TIMES;
  }

  isHeld(): boolean {
    return this.parts.timers.now() < this.#heldUntil;
  }

  /** @param began when the request was sent that made it so: the record cannot be older */
  renewedAt(began: number): void {
    this.#heldUntil = began + this.#times.heldForMs;
  }

  drop(): void {
    this.#heldUntil = 0;
  }

  /** False when another replica holds it. @throws what the store throws: then nobody knows */
  async renew(): Promise<boolean> {
    const began = this.parts.timers.now();
    if (!(await this.#write(this.parts.holder))) return false;
    this.renewedAt(began);
    return true;
  }

  async release(): Promise<void> {
    this.drop();
    await this.#write('');
  }

  /** Writes a record that nobody has seen before: an earlier one proves nothing about now. */
  async #write(holder: string): Promise<boolean> {
    const { store } = this.parts;
    if (await this.#replace(holder)) return true;
    // An earlier try whose answer was lost may have taken effect.
    const record = await store.lease(this.name);
    if (record?.holder !== this.parts.holder || record.token !== this.token) return false;
    this.#record = record;
    return this.#replace(holder);
  }

  async #replace(holder: string): Promise<boolean> {
    const next = { holder, token: this.token, beat: this.#record.beat + 1 };
    if (!(await this.parts.store.replaceLease(this.name, this.#record, next))) return false;
    this.#record = next;
    return true;
  }
}

function isSame(a: LeaseRecord | undefined, b: LeaseRecord | undefined): boolean {
  return a?.holder === b?.holder && a?.token === b?.token && a?.beat === b?.beat;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
