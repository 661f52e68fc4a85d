import { GemelError } from '@gemel/model/errors';
import { isTransient } from '../ingest/index.js';
import { LeaseLost } from '../ports/index.js';
import type { Logger, Timers } from '../ports/index.js';
import type { HeldLease } from '../leases/index.js';
import { Turns } from '../signals/index.js';

const FIRST_PAUSE_MS = 100;
/** Also the longest time that messages wait after the store is back. */
const LONGEST_PAUSE_MS = 2_000;

export interface PatientTurnsParts {
  readonly lease: HeldLease;
  readonly timers: Timers;
  readonly log: Logger;
  /** Gives up what is tried again and again. */
  readonly stopped: AbortSignal;
}

/**
 * Carries out the commands of one connection: those for one thing one after the other, so that none overtakes an earlier
 * one that has to be tried again. A failure that passes is tried again for as long as the connection is held.
 */
export class PatientTurns {
  readonly #turns = new Turns();
  #retries = 0;
  #isTroubled = false;
  #pauseMs = FIRST_PAUSE_MS;
  #pausing: Promise<void> | undefined;

  constructor(private readonly parts: PatientTurnsParts) {}

  /** Tries that were not the first, since the start. */
  get retries(): number {
    return this.#retries;
  }

  /** @throws LeaseLost another replica may have the connection: nothing was done @throws what does not pass */
  run<T>(thingId: string, carryOut: () => Promise<T>): Promise<T> {
    return this.#turns.run([thingId], () => this.#persist(carryOut));
  }

  async #persist<T>(carryOut: () => Promise<T>): Promise<T> {
    const { lease, stopped } = this.parts;
    for (;;) {
      if (!lease.isHeld() || stopped.aborted) throw new LeaseLost(lease.name);
      try {
        const done = await carryOut();
        this.#isTroubled = false;
        this.#pauseMs = FIRST_PAUSE_MS;
        return done;
      } catch (error) {
        if (!(error instanceof GemelError) || !isTransient(error)) throw error;
        this.#warn(error);
      }
      this.#retries++;
      await (this.#pausing ??= this.#pause());
    }
  }

  /** One for all that wait: what they wait for is the same. */
  async #pause(): Promise<void> {
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    await this.parts.timers.sleep(pauseMs, this.parts.stopped);
    this.#pausing = undefined;
  }

  /** Once for all messages that fail before one succeeds again. */
  #warn({ code, message }: GemelError): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    this.parts.log.warn({ code, reason: message }, 'messages cannot be applied now; they wait and are tried again');
  }
}
