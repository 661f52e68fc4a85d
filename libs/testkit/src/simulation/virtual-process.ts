import { StoreUnavailable } from '@gemel/application/ports';
import type { Clock, IdSource, LogFields, Logger, Timers } from '@gemel/application/ports';
import type { SeededRandom } from './seeded-random.js';
import type { VirtualWorld } from './virtual-world.js';

/** How likely it is that a call goes wrong, and how wrong clocks are. */
export interface Weather {
  /** The request never arrives. */
  readonly requestLost: number;
  /** It takes effect, and the caller never learns. */
  readonly answerLost: number;
  /** It takes up to seconds instead of milliseconds. */
  readonly slow: number;
  /** Of what is asked for at once only a part is done, and the call fails. */
  readonly halfDone: number;
  /** The process is suspended just when it sends a request. */
  readonly pauseAtCall: number;
  /** Most that a wall clock is wrong, in milliseconds. */
  readonly clockSkewMs: number;
}

export const CALM: Weather = { requestLost: 0, answerLost: 0, slow: 0, halfDone: 0, pauseAtCall: 0, clockSkewMs: 0 };

export const LONGEST_PAUSE_MS = 20_000;
/** Where virtual wall clocks begin, in milliseconds since 1970. */
const BEGINNING = Date.UTC(2026, 0, 1);
const LOST_AFTER_MS = 2_000;

export interface ProcessOptions {
  readonly world: VirtualWorld;
  /** Looked at for each call, since it changes. */
  readonly weather: () => Weather;
  /** What the log of the process says at the level of errors. */
  readonly onError?: (message: string, fields: LogFields) => void;
}

export interface CallOptions {
  /** Requests of one lane arrive in the order they were sent. */
  readonly lane?: string;
  /** @default StoreUnavailable */
  readonly whenAnswerIsLost?: () => Error;
}

function noAnswer(): Error {
  return new StoreUnavailable('no answer came');
}

/**
 * One incarnation of a replica. It lives by what is delivered to it, which waits while it is suspended and is lost once it
 * is dead; what it has sent by then arrives nevertheless.
 */
export class VirtualProcess {
  readonly timers: Timers;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly #world: VirtualWorld;
  readonly #waiting: (() => void)[] = [];
  readonly #lastArrival = new Map<string, number>();
  #alive = true;
  #resumesAt = 0;

  constructor(
    readonly name: string,
    private readonly options: ProcessOptions,
  ) {
    const { world } = options;
    this.#world = world;
    this.timers = this.#makeTimers();
    this.clock = this.#makeClock();
    const ids = this.#random('ids');
    this.ids = { uuid: () => ids.uuid() };
    const quiet = () => undefined;
    this.logger = {
      error: (fields, message) => options.onError?.(message, fields),
      warn: (_fields, message) => world.note(name, `warns: ${message}`),
      info: quiet,
      debug: quiet,
    };
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get isPaused(): boolean {
    return this.#world.now < this.#resumesAt;
  }

  crash(): void {
    this.#alive = false;
    this.#waiting.length = 0;
    this.#world.note(this.name, 'dies');
  }

  /** Nothing runs in it for so long; then it goes on with all it had in hand. */
  pause(ms: number): void {
    if (!this.#alive) return;
    this.#world.note(this.name, `is suspended for ${ms} ms`);
    this.#resumesAt = Math.max(this.#resumesAt, this.#world.now + ms);
    this.#world.after(this.#resumesAt - this.#world.now, () => this.#resume());
  }

  /** Something reaches the process. */
  deliver(arrive: () => void): void {
    if (!this.#alive) return;
    if (this.isPaused) this.#waiting.push(arrive);
    else arrive();
  }

  /** As `deliver`, after a time on the way. */
  deliverAfter(ms: number, arrive: () => void): void {
    this.#world.after(ms, () => this.deliver(arrive));
  }

  /**
   * Asks something outside: it takes effect when the request arrives, and the answer takes its time, too.
   * @throws StoreUnavailable the request was lost, or the answer unless `options` say otherwise; else what `effect` throws
   */
  call<T>(what: string, effect: () => T, { lane, whenAnswerIsLost = noAnswer }: CallOptions = {}): Promise<T> {
    const { requestLost, answerLost, pauseAtCall } = this.options.weather();
    const random = this.#random(what);
    if (random.chance(pauseAtCall)) this.pause(random.between(200, LONGEST_PAUSE_MS));
    const isLost = random.chance(requestLost);
    const answerIsLost = random.chance(answerLost);
    const requestMs = this.latency(what);
    const answerMs = this.latency(what);
    return new Promise((resolve, reject) => {
      this.#world.after(this.#arrivesAfter(requestMs, lane), () => {
        if (isLost) {
          this.#world.note(this.name, `${what} is lost`);
          this.deliverAfter(LOST_AFTER_MS, () => reject(noAnswer()));
          return;
        }
        const settle = this.#takeEffect(what, effect, resolve, reject);
        if (answerIsLost) {
          this.#world.note(this.name, `${what}: the answer is lost`);
          this.deliverAfter(LOST_AFTER_MS, () => reject(whenAnswerIsLost()));
        } else {
          this.deliverAfter(answerMs, settle);
        }
      });
    });
  }

  /** Milliseconds on the way. @param what is under way */
  latency(what: string): number {
    const random = this.#random(what);
    return random.chance(this.options.weather().slow) ? random.between(20, 3_000) : 0.2 + 3 * random.next();
  }

  /** How many of so many things get done before the other side breaks down; undefined when it does not. @param what was asked */
  breakDown(what: string, count: number): number | undefined {
    const random = this.#random(what);
    return random.chance(this.options.weather().halfDone) ? random.below(count + 1) : undefined;
  }

  /** For each thing asked a stream of its own: what is left out when a scenario shrinks does not change what befalls the rest. */
  #random(what: string): SeededRandom {
    return this.#world.random(`${this.name} ${what}`);
  }

  #takeEffect<T>(
    what: string,
    effect: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): () => void {
    try {
      const value = effect();
      this.#world.note(this.name, what);
      return () => resolve(value);
    } catch (error) {
      this.#world.note(this.name, `${what}: ${error instanceof Error ? error.message : String(error)}`);
      return () => reject(error);
    }
  }

  #arrivesAfter(ms: number, lane: string | undefined): number {
    const after = Math.max(0, this.#resumesAt - this.#world.now) + ms;
    if (lane === undefined) return after;
    const at = Math.max(this.#world.now + after, this.#lastArrival.get(lane) ?? 0);
    this.#lastArrival.set(lane, at);
    return at - this.#world.now;
  }

  #resume(): void {
    if (!this.#alive || this.isPaused) return;
    // All at once, as a process finds its sockets after SIGCONT.
    for (const arrive of this.#waiting.splice(0)) this.deliverAfter(0, arrive);
  }

  #makeTimers(): Timers {
    // Quartz crystals differ by far less; leases must bear more than that.
    const random = this.#random('timers');
    const rate = 0.97 + 0.06 * random.next();
    const start = random.between(0, 1_000_000);
    return {
      now: () => start + this.#world.now * rate,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) {
            resolve();
            return;
          }
          const wake = () => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          signal.addEventListener('abort', wake);
          this.deliverAfter(ms / rate, wake);
        }),
    };
  }

  #makeClock(): Clock {
    const skew = 2 * this.#random('clock').next() - 1;
    return {
      now: () => Math.floor(BEGINNING + this.#world.now + skew * this.options.weather().clockSkewMs),
    };
  }
}
