import type { Meter } from '../ports/index.js';

/** Since the start of the process. */
export interface LiveCounters {
  /** Signals that this process has sent to whoever may receive them. */
  readonly messages: number;
  readonly commands: number;
  readonly events: number;
  /** Callers that got an answer. */
  readonly answered: number;
  /** Callers that waited in vain. */
  readonly timedOut: number;
  /** Callers that went away before there was an answer. */
  readonly abandoned: number;
  /** Answers after the first. */
  readonly surplus: number;
  /** Answers that fit to nothing that was asked. */
  readonly unexpected: number;
  /** Signals to subscribers of this process. */
  readonly delivered: number;
  /** Signals that a subscriber did not get because it was too slow, or because something failed. */
  readonly dropped: number;
}

const HELP = 'Messages, live commands and live events, by what became of them in this process.';

export class LiveCounts {
  readonly #counts: Record<keyof LiveCounters, number> = {
    messages: 0,
    commands: 0,
    events: 0,
    answered: 0,
    timedOut: 0,
    abandoned: 0,
    surplus: 0,
    unexpected: 0,
    delivered: 0,
    dropped: 0,
  };

  count(what: keyof LiveCounters): void {
    this.#counts[what]++;
  }

  snapshot(): LiveCounters {
    return { ...this.#counts };
  }

  /** @param waiting callers that wait for an answer now @param subscribers those that get signals now */
  meters(waiting: () => number, subscribers: () => number): readonly Meter[] {
    return [
      {
        name: 'gemel_live_signals_total',
        help: HELP,
        kind: 'counter',
        labels: ['kind'],
        read: () =>
          Object.entries(this.snapshot()).map(([kind, value]: [string, number]) => ({ labels: { kind }, value })),
      },
      {
        name: 'gemel_live_waiting',
        help: 'Callers that wait for the answer of a device.',
        kind: 'gauge',
        read: waiting,
      },
      {
        name: 'gemel_live_subscribers',
        help: 'Event streams and targets that get messages, live commands or live events.',
        kind: 'gauge',
        read: subscribers,
      },
    ];
  }
}
