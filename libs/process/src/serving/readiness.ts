import type { ReadinessCheck } from '@gemel/api/operations';
import type { Logger, PartState } from '@gemel/application/ports';
import type { JsonObject } from '@gemel/model/json';
import type { Phase } from '../running/index.js';

/** Longest wait for the parts, in milliseconds; less than the second that Kubernetes usually waits would be too short. */
const DEADLINE_MS = 2_000;
/** An answer is given to all who ask within that time. */
const FRESH_MS = 1_000;

export interface ReadinessParts {
  readonly lifeCycle: { readonly phase: Phase };
  /** Asked once a second at most. */
  readonly ask: () => Promise<readonly PartState[]>;
  /** Parts without which no work can be done. Without another one, or with one that is degraded, the process is ready. */
  readonly required: readonly string[];
  readonly log: Logger;
}

type Answer = Awaited<ReturnType<ReadinessCheck['check']>>;
type Status = PartState['status'];

/** Tells whether requests should come here: the process runs, and what it needs is there. */
export class Readiness implements ReadinessCheck {
  #last: { readonly at: number; readonly states: Promise<readonly PartState[]> } | undefined;
  #told: Status = 'UP';

  constructor(private readonly parts: ReadinessParts) {}

  async check(): Promise<Answer> {
    const { phase } = this.parts.lifeCycle;
    if (phase !== 'running') return { isReady: false, report: { status: 'DOWN', phase } };
    const states = await this.#states();
    const status = this.#statusOf(states);
    this.#tell(status, states);
    const parts = Object.fromEntries(states.map((state) => [state.name, this.#partOf(state)]));
    return { isReady: status !== 'DOWN', report: { status, phase, parts } };
  }

  async #states(): Promise<readonly PartState[]> {
    const now = performance.now();
    if (this.#last === undefined || now - this.#last.at > FRESH_MS)
      this.#last = { at: now, states: withDeadline(this.parts.ask()) };
    const states = await this.#last.states;
    const missing = this.parts.required.filter((name) => !states.some((state) => state.name === name));
    return [...states, ...missing.map((name) => unknown(name))];
  }

  #statusOf(states: readonly PartState[]): Status {
    const isNeeded = ({ name }: PartState) => this.parts.required.includes(name);
    if (states.some((state) => state.status === 'DOWN' && isNeeded(state))) return 'DOWN';
    return states.some(({ status }) => status !== 'UP') ? 'DEGRADED' : 'UP';
  }

  #partOf({ name, status, reason }: PartState): JsonObject {
    return {
      status,
      required: this.parts.required.includes(name),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  /** Only what changed, since probes ask all the time. */
  #tell(status: Status, states: readonly PartState[]): void {
    if (status === this.#told) return;
    this.#told = status;
    const missed = states.filter((state) => state.status !== 'UP').map(({ name, reason }) => ({ name, reason }));
    const text = status === 'UP' ? 'all parts are there again' : 'parts are not there, or do not do all of their work';
    this.parts.log.warn({ status, missed }, text);
  }
}

function unknown(name: string): PartState {
  return { name, status: 'DOWN', reason: 'nothing is known about it' };
}

/** Nothing is known about any part when there is no answer. */
async function withDeadline(asked: Promise<readonly PartState[]>): Promise<readonly PartState[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly PartState[]>((resolve) => {
    timer = setTimeout(() => resolve([]), DEADLINE_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
