import type { SubjectId } from '@gemel/model/policies';
import type { LiveSignal } from '@gemel/model/protocol';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Clock, Logger, StateStore } from '../ports/index.js';
import type { LiveCounts } from './counters.js';
import { LiveView } from './live-view.js';
import type { LiveViewRequest, SeenSignal } from './live-view.js';

/** Signals that may wait for one subscriber; policies and states are nearly always at hand. */
const MAX_WAITING = 1_000;

/** Which signals a subscriber wants. */
export interface LiveSubscription extends LiveViewRequest {
  /** On whose authority: they must be allowed to READ what the signal is about. */
  readonly subjects: readonly SubjectId[];
  wants(signal: LiveSignal): boolean;
  /** Connection or session whose own signals it does not get. */
  readonly origin?: string | undefined;
  /** For logs. */
  readonly name: string;
  /** In the order sent; must not throw nor block. */
  next(seen: SeenSignal): void;
  /** No more comes. */
  ended?(): void;
}

export interface LiveAudienceParts {
  readonly states: StateStore;
  readonly enforcers: Pick<PolicyEnforcers, 'enforcer'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One subscriber: gets what it may read, in order; what does not fit into its queue is left out, counted and logged once. */
export class LiveAudience {
  readonly #view: LiveView;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;
  #hasWarned = false;

  /** @throws RqlExpressionInvalid */
  constructor(
    private readonly subscription: LiveSubscription,
    private readonly parts: LiveAudienceParts,
    private readonly counts: LiveCounts,
  ) {
    this.#view = new LiveView(subscription);
  }

  offer(signal: LiveSignal, origin: string | undefined): void {
    const { subscription } = this;
    if (origin !== undefined && origin === subscription.origin) return;
    if (!subscription.wants(signal)) return;
    if (this.#waiting >= MAX_WAITING) {
      this.#drop({ reason: 'the subscriber does not keep up' });
      return;
    }
    this.#waiting++;
    const rendering = this.#render(signal);
    // It may fail before its turn has come.
    rendering.catch(() => undefined);
    this.#last = this.#last.then(() => this.#deliver(rendering));
  }

  close(): void {
    this.#isClosed = true;
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.subscription.ended?.();
  }

  async #deliver(rendering: Promise<SeenSignal | undefined>): Promise<void> {
    try {
      const seen = await rendering;
      if (seen === undefined || this.#isClosed) return;
      this.counts.count('delivered');
      this.subscription.next(seen);
    } catch (error) {
      this.#drop({ reason: 'it could not be looked at', error });
    } finally {
      this.#waiting--;
    }
  }

  /** The policy is asked for each signal, so that a change of it counts at once. */
  async #render(signal: LiveSignal): Promise<SeenSignal | undefined> {
    const { states, enforcers, clock } = this.parts;
    const state = await states.thing(signal.thingId);
    const enforcer =
      state && (await enforcers.enforcer(state.thing.policyId, this.subscription.subjects, signal.thingId));
    if (state === undefined || enforcer === undefined) return undefined;
    return this.#view.render(signal, state, enforcer, clock.now());
  }

  #drop(fields: Readonly<Record<string, unknown>>): void {
    this.counts.count('dropped');
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const { name } = this.subscription;
    this.parts.log.warn({ subscriber: name, ...fields }, 'left out a live signal; further ones are counted only');
  }
}
