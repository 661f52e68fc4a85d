import {
  ConnectionBroke,
  NoAnswer,
  isDiskFull,
  isDuplicateKey,
  isServerFault,
  isUnreached,
  isUnsent,
  unavailable,
} from './faults.js';

/** How long a server that can be reached is asked again when it answers with a fault. */
const DEADLINE_MS = 10_000;
/** More than the server takes for anything but an index. */
export const ANSWER_MS = 15_000;
const RETRY_MS = 100;
/** For the answers to what was asked before connections broke; most of them are broken, too. */
const BROKEN_MS = 500;

/** How long something is tried again: a server that answers gets more time than one that cannot be reached. */
export class Patience {
  readonly #begun = performance.now();
  #unreachedSince: number | undefined;

  constructor(private readonly limits: { readonly unreachedMs: number; readonly deadlineMs: number }) {}

  /** How long the next try may wait for a server that is away, in milliseconds: what the last ones left of that time. */
  get awayMs(): number | undefined {
    if (this.#unreachedSince === undefined) return undefined;
    return Math.max(0, this.limits.unreachedMs - (performance.now() - this.#unreachedSince));
  }

  /** Whether to give up, when this was the last fault. */
  isOver(fault?: unknown): boolean {
    const now = performance.now();
    // Who fails so has waited already.
    if (fault instanceof NoAnswer || isUnsent(fault) || now - this.#begun > this.limits.deadlineMs) return true;
    if (!isUnreached(fault)) this.#unreachedSince = undefined;
    // The next try may wait for the other half.
    else if (now - (this.#unreachedSince ??= now) >= this.limits.unreachedMs / 2) return true;
    return false;
  }
}

/** How long an answer is waited for, in milliseconds. */
interface AnswerLimits {
  /** @default 15 seconds: nobody may wait for ever, and with them all behind them */
  readonly limitMs?: number;
  /** When the server is away after so long, it is given up. @default as long as the driver waits for one */
  readonly awayMs?: number | undefined;
}

/** What the server of one database is asked, and how long anybody waits for it. */
export class Questions {
  readonly #underWay = new Set<(fault: Error) => void>();
  #isAway = false;

  /** @param unreachedMs that the driver waits for a server to ask, in milliseconds; nobody waits twice for it */
  constructor(private readonly unreachedMs: number) {}

  /** What the server answers, or a fault after the limits. */
  async answered<T>(work: () => Promise<T>, { limitMs = ANSWER_MS, awayMs }: AnswerLimits = {}): Promise<T> {
    let giveUp: (fault: Error) => void = () => undefined;
    const givenUp = new Promise<never>((_resolve, reject) => (giveUp = reject));
    const timers = [setTimeout(() => giveUp(new NoAnswer(`no answer within ${String(limitMs)} ms`)), limitMs)];
    const giveUpWhenAway = () => {
      if (this.#isAway) giveUp(new NoAnswer('the server is away'));
    };
    if (awayMs !== undefined) timers.push(setTimeout(giveUpWhenAway, awayMs));
    this.#underWay.add(giveUp);
    try {
      return await Promise.race([work(), givenUp]);
    } finally {
      timers.forEach(clearTimeout);
      this.#underWay.delete(giveUp);
    }
  }

  /** The server was heard. */
  reached(): void {
    this.#isAway = false;
  }

  /** Connections broke. The driver may never say so to who had just begun to write on one of them. */
  broke(): void {
    this.#isAway = true;
    const before = [...this.#underWay];
    const timer = setTimeout(() => {
      for (const giveUp of before) giveUp(new ConnectionBroke('the connection to MongoDB broke'));
    }, BROKEN_MS);
    timer.unref();
  }

  /** Does once what asks the server; @throws StoreUnavailable when it could not be asked, or could not answer. */
  async once<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.answered(work);
    } catch (error) {
      if (!isServerFault(error)) throw error;
      throw unavailable(error);
    }
  }

  /** Does once what inserts a document; false when its id is taken. @throws StoreUnavailable */
  async inserting(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.once(work);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Does what asks the server and may be done twice: again while it cannot be reached. @throws StoreUnavailable */
  asking<T>(work: () => Promise<T>): Promise<T> {
    return this.#again(work, this.patience(), isUnreached);
  }

  /**
   * Does what asks the server and may be done twice, again when the server answered with a fault, too: it may have chosen
   * it to end a deadlock.
   * @throws StoreUnavailable after the time, by default ten seconds; each answer may take as long, and 15 seconds at least
   */
  repeating<T>(work: () => Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
    return this.#again(work, this.patience(deadlineMs), isServerFault, Math.max(deadlineMs, ANSWER_MS));
  }

  /** For something that is about to be tried. */
  patience(deadlineMs = DEADLINE_MS): Patience {
    return new Patience({ unreachedMs: this.unreachedMs, deadlineMs });
  }

  async #again<T>(
    work: () => Promise<T>,
    patience: Patience,
    isWorthIt: (error: unknown) => boolean,
    limitMs = ANSWER_MS,
  ): Promise<T> {
    for (;;) {
      try {
        return await this.answered(work, { limitMs, awayMs: patience.awayMs });
      } catch (error) {
        if (!isServerFault(error)) throw error;
        if (!isWorthIt(error) || isDiskFull(error) || patience.isOver(error)) throw unavailable(error);
        await pause(RETRY_MS * (0.5 + Math.random()));
      }
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
