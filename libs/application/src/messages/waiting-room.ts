import { LIVE_RESPONSE, headerText } from '@gemel/model/headers';
import { CorrelationIdInUse, LiveTimeout, TooManyWaiting } from '@gemel/model/messages';
import { answerFault } from '@gemel/model/protocol';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import type { Timers } from '../ports/index.js';
import type { LiveCounts } from './counters.js';

/** Callers that wait at once, in this process. */
const MOST_WAITING = 10_000;

/** What a caller waits for. */
export interface Awaited {
  readonly signal: LiveSignal;
  /** More than 0. */
  readonly timeoutMs: number;
  /** At least one; `live-response` is the answer itself. */
  readonly labels: readonly string[];
  /** Aborts when the caller is not there any more: it gives its place up. */
  readonly gone?: AbortSignal | undefined;
}

/** By label; those that are missing at the deadline are not there. */
export type Acknowledged = ReadonlyMap<string, LiveAnswer>;

interface Waiting extends Awaited {
  readonly received: Map<string, LiveAnswer>;
  /** What was wrong with the last answer that was none. */
  fault: string | undefined;
  /** Ends the wait. */
  readonly done: AbortController;
}

/** Callers that wait for what devices answer. */
export class WaitingRoom {
  readonly #waiting = new Map<string, Waiting>();
  #isClosed = false;

  constructor(
    private readonly timers: Timers,
    private readonly counts: LiveCounts,
    private readonly mostWaiting = MOST_WAITING,
  ) {}

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Waits for all labels; the first answer for each counts. Begins to wait before it returns.
   * @throws LiveTimeout when `live-response` is all that was asked for and nothing came
   * @throws CorrelationIdInUse @throws TooManyWaiting
   */
  wait(awaited: Awaited): Promise<Acknowledged> {
    const id = headerText(awaited.signal.envelope.headers, 'correlation-id') ?? '';
    if (this.#waiting.has(id)) throw new CorrelationIdInUse(id);
    if (this.#isClosed || this.#waiting.size >= this.mostWaiting) throw new TooManyWaiting();
    const waiting = {
      ...awaited,
      received: new Map<string, LiveAnswer>(),
      fault: undefined,
      done: new AbortController(),
    };
    this.#waiting.set(id, waiting);
    const leave = (): void => waiting.done.abort();
    if (awaited.gone?.aborted === true) leave();
    awaited.gone?.addEventListener('abort', leave, { once: true, signal: waiting.done.signal });
    return this.#outcome(id, waiting);
  }

  /** Whether somebody here waited for it. */
  take(answer: LiveAnswer): boolean {
    const waiting = this.#waiting.get(headerText(answer.envelope.headers, 'correlation-id') ?? '');
    if (waiting === undefined) return false;
    const fault = answerFault(waiting.signal, answer);
    if (fault !== undefined) {
      waiting.fault = fault;
      return false;
    }
    const label = labelOf(answer);
    if (!waiting.labels.includes(label) || waiting.received.has(label)) return false;
    waiting.received.set(label, answer);
    if (waiting.received.size === waiting.labels.length) waiting.done.abort();
    return true;
  }

  /** Nobody waits any longer: who has no answer by now gets none. */
  close(): void {
    this.#isClosed = true;
    for (const { done } of this.#waiting.values()) done.abort();
  }

  async #outcome(id: string, waiting: Waiting): Promise<Acknowledged> {
    await this.timers.sleep(waiting.timeoutMs, waiting.done.signal);
    this.#waiting.delete(id);
    const { received, labels, timeoutMs, fault, gone } = waiting;
    const isComplete = received.size === labels.length;
    const inVain = gone?.aborted === true ? 'abandoned' : 'timedOut';
    this.counts.count(isComplete ? 'answered' : inVain);
    if (!isComplete && labels.length === 1 && labels[0] === LIVE_RESPONSE) throw new LiveTimeout(timeoutMs, fault);
    return received;
  }
}

/** A refusal answers instead of the response. */
function labelOf({ kind, envelope: { topic } }: LiveAnswer): string {
  return kind === 'acknowledgement' && 'label' in topic ? topic.label : LIVE_RESPONSE;
}
