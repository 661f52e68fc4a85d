import { inBackground } from '../background/index.js';
import type { Logger, Meter, Subscription, Timers } from '../ports/index.js';
import { sentenceOf } from './advice.js';
import type { CheckProgress, ConsistencyCheck, Cursor } from './consistency-check.js';

/** The log as a whole is for the operator's check: nobody would get to the things before it. */
const BEGINNING: Cursor = 'thing/';
/** Between two rounds, and after a failure. */
const PAUSE_MS = 60_000;

export interface BackgroundCheckParts {
  readonly check: Pick<ConsistencyCheck, 'run'>;
  /** Things and policies; 0 checks nothing. */
  readonly perMinute: number;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Holds some documents a minute against the log, all of them in turns, and tells what is wrong. It mends nothing. */
export class BackgroundCheck {
  readonly #checked = { thing: 0, policy: 0 };
  readonly #faulty = new Map<string, number>();

  constructor(private readonly parts: BackgroundCheckParts) {}

  /** Whether there is nothing to start. */
  get isIdle(): boolean {
    return this.parts.perMinute === 0;
  }

  start(): Subscription {
    if (this.isIdle) return { stop: () => Promise.resolve() };
    return inBackground((stopped) => this.#run(stopped));
  }

  get meters(): readonly Meter[] {
    return [
      {
        name: 'gemel_consistency_checked_total',
        help: 'Things and policies whose documents were held against the log in the background.',
        kind: 'counter',
        labels: ['entity'],
        read: () => Object.entries(this.#checked).map(([entity, value]) => ({ labels: { entity }, value })),
      },
      {
        name: 'gemel_consistency_faulty_total',
        help: 'What was found to be stored otherwise than the log says.',
        kind: 'counter',
        labels: ['kind'],
        read: () => [...this.#faulty].map(([kind, value]) => ({ labels: { kind }, value })),
      },
    ];
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { check, perMinute, timers, log } = this.parts;
    for (let cursor = BEGINNING; !signal.aborted;) {
      try {
        for await (const step of check.run({ from: cursor, perSecond: perMinute / 60, signal })) {
          this.#tell(step);
          cursor = step.cursor;
        }
        cursor = BEGINNING;
      } catch (error) {
        log.warn({ error, cursor }, 'could not hold documents against the log; goes on in a minute');
      }
      await timers.sleep(PAUSE_MS, signal);
    }
  }

  #tell({ checked, findings }: CheckProgress): void {
    this.#checked.thing += checked.thing;
    this.#checked.policy += checked.policy;
    for (const finding of findings) {
      this.#faulty.set(finding.kind, (this.#faulty.get(finding.kind) ?? 0) + 1);
      this.parts.log.error({ ...finding }, sentenceOf(finding));
    }
  }
}
