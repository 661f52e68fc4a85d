import { headerText } from '@gemel/model/headers';
import { answerFault } from '@gemel/model/protocol';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import type { Instant } from '@gemel/model/time';
import type { Clock } from '../ports/index.js';

/** Signals of all processes that are remembered, the newest ones. */
const REMEMBERED = 10_000;
/** How much later than its timeout an answer is still called late. */
const KEPT_MS = 120_000;

interface Expected {
  readonly signal: LiveSignal;
  readonly until: Instant;
  isAnswered: boolean;
}

/** surplus: somebody else was first. */
export type Judgement =
  { readonly is: 'expected' | 'surplus' } | { readonly is: 'unexpected'; readonly reason: string };

/** Knows which answers are waited for somewhere, so that the process that takes one in can say when nobody wants it. */
export class Expectations {
  readonly #expected = new Map<string, Expected>();

  constructor(private readonly clock: Clock) {}

  sent(signal: LiveSignal, timeoutMs: number): void {
    const id = headerText(signal.envelope.headers, 'correlation-id');
    if (id === undefined || timeoutMs === 0 || signal.kind === 'event') return;
    this.#expected.delete(id);
    this.#expected.set(id, { signal, until: this.clock.now() + timeoutMs, isAnswered: false });
    if (this.#expected.size > REMEMBERED) this.#forgetOldest();
  }

  /** Of an answer that is being handed on. */
  judge(answer: LiveAnswer): Judgement {
    const id = headerText(answer.envelope.headers, 'correlation-id');
    if (id === undefined) return { is: 'unexpected', reason: 'it has no correlation-id.' };
    const expected = this.#expected.get(id);
    if (expected === undefined || this.clock.now() > expected.until + KEPT_MS)
      return { is: 'unexpected', reason: `nothing was asked with the correlation-id '${id.slice(0, 128)}'.` };
    const fault = answerFault(expected.signal, answer);
    if (fault !== undefined) return { is: 'unexpected', reason: fault };
    if (this.clock.now() > expected.until) return { is: 'unexpected', reason: 'it comes too late.' };
    if (answer.kind === 'acknowledgement') return { is: 'expected' };
    if (expected.isAnswered) return { is: 'surplus' };
    expected.isAnswered = true;
    return { is: 'expected' };
  }

  #forgetOldest(): void {
    const [oldest] = this.#expected.keys();
    if (oldest !== undefined) this.#expected.delete(oldest);
  }
}
