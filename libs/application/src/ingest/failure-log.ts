import type { Instant } from '@gemel/model/time';
import type { Clock, Logger } from '../ports/index.js';

/** A message that could not be applied. */
export interface IngestFailure {
  readonly time: Instant;
  /** Topic, queue or path it came on. */
  readonly address: string;
  /** Error code and text, as an answer would have had them. */
  readonly code: string;
  readonly message: string;
  readonly correlationId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly thingId?: string | undefined;
  /** The beginning of the payload, as text. */
  readonly payload: string;
  /** Whether the transport was left to deliver it again. */
  readonly willBeRedelivered: boolean;
}

const KEPT = 100;
/** Pairs of address and code of which it is known whether they were logged. */
const REMEMBERED = 1_000;
const LOG_AGAIN_MS = 3_600_000;

interface Logged {
  readonly at: Instant;
  unlogged: number;
}

/** The last failures, for people to look at; each kind is logged once an hour. */
export class FailureLog {
  readonly #recent: IngestFailure[] = [];
  readonly #logged = new Map<string, Logged>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** `level` error: a fault of ours, a person must act. */
  record(failure: Omit<IngestFailure, 'time'>, level: 'warn' | 'error' = 'warn'): void {
    const time = this.clock.now();
    this.#recent.push({ time, ...failure });
    if (this.#recent.length > KEPT) this.#recent.shift();
    const { address, code, message, correlationId, traceId, thingId, willBeRedelivered } = failure;
    const key = `${code} ${address.slice(0, 200)}`;
    const before = this.#logged.get(key);
    if (before !== undefined && time - before.at < LOG_AGAIN_MS) {
      before.unlogged++;
      return;
    }
    this.#remember(key, { at: time, unlogged: 0 });
    const fields = {
      address: address.slice(0, 200),
      code,
      reason: message,
      correlationId,
      traceId,
      thingId,
      willBeRedelivered,
    };
    this.log[level]({ ...fields, sinceLogged: before?.unlogged ?? 0 }, 'could not apply a message');
  }

  /** Newest first, 100 at most. */
  recent(): readonly IngestFailure[] {
    return this.#recent.toReversed();
  }

  #remember(key: string, logged: Logged): void {
    this.#logged.delete(key);
    this.#logged.set(key, logged);
    if (this.#logged.size <= REMEMBERED) return;
    const [oldest] = this.#logged.keys();
    if (oldest !== undefined) this.#logged.delete(oldest);
  }
}
