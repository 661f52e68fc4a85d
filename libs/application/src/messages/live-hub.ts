import { parseEnvelope } from '@gemel/model/protocol';
import { isLive, liveEnvelope, liveOf } from '@gemel/model/protocol';
import type { LiveAnswer, LiveSignal } from '@gemel/model/protocol';
import type { LiveBus, LiveFrame, Meter, Subscription, Timers } from '../ports/index.js';
import { timeoutOf } from './live-headers.js';
import { LiveCounts } from './counters.js';
import type { LiveCounters } from './counters.js';
import { Expectations } from './expectations.js';
import type { Judgement } from './expectations.js';
import { LiveAudience } from './live-audience.js';
import type { LiveAudienceParts, LiveSubscription } from './live-audience.js';
import { WaitingRoom } from './waiting-room.js';
import type { Acknowledged, Awaited } from './waiting-room.js';

export interface LiveHubParts extends LiveAudienceParts {
  readonly timers: Timers;
}

export interface OpenLiveStream {
  /** Idempotent; nothing is delivered afterwards. */
  close(): void;
}

/**
 * Where messages, live commands and live events meet those who want them, in this process and through the bus in all
 * others; and answers those who wait. Nothing is stored: who is not there misses it.
 */
export class LiveHub {
  readonly #audiences = new Set<LiveAudience>();
  readonly #counts = new LiveCounts();
  readonly #waiting: WaitingRoom;
  readonly #expectations: Expectations;
  #listening: Subscription | undefined;

  constructor(
    private readonly bus: LiveBus,
    private readonly parts: LiveHubParts,
  ) {
    this.#waiting = new WaitingRoom(parts.timers, this.#counts);
    this.#expectations = new Expectations(parts.clock);
    this.#listening = bus.listen((frame) => this.#receive(frame));
  }

  /** @throws RqlExpressionInvalid */
  subscribe(subscription: LiveSubscription): OpenLiveStream {
    const audience = new LiveAudience(subscription, this.parts, this.#counts);
    this.#audiences.add(audience);
    return {
      close: () => {
        audience.close();
        this.#audiences.delete(audience);
      },
    };
  }

  /** Sends a signal that its sender may send; nobody waits. @param origin is not shown it */
  tell(signal: LiveSignal, origin?: string): void {
    this.#counts.count(`${signal.kind}s`);
    this.#publish(signal, origin);
  }

  /**
   * Sends a signal and waits; rejects with LiveTimeout.
   * @param origin is not shown it
   * @throws CorrelationIdInUse, TooManyWaiting at once: then nothing was sent
   */
  ask(signal: LiveSignal, wait: Omit<Awaited, 'signal'>, origin?: string): Promise<Acknowledged> {
    const outcome = this.#waiting.wait({ signal, ...wait });
    this.tell(signal, origin);
    return outcome;
  }

  /** Hands an answer to whoever waits for it, in whichever process; the judgement says what is known of that here. */
  answer(answer: LiveAnswer, origin?: string): Judgement {
    const judgement = this.#expectations.judge(answer);
    if (judgement.is !== 'expected') this.#counts.count(judgement.is);
    this.#publish(answer, origin);
    return judgement;
  }

  counters(): LiveCounters {
    return this.#counts.snapshot();
  }

  get meters(): readonly Meter[] {
    return this.#counts.meters(
      () => this.#waiting.size,
      () => this.#audiences.size,
    );
  }

  /** Ends all streams and waits. */
  async close(): Promise<void> {
    const listening = this.#listening;
    this.#listening = undefined;
    await listening?.stop();
    for (const audience of this.#audiences) audience.end();
    this.#audiences.clear();
    this.#waiting.close();
  }

  #publish(live: LiveSignal | LiveAnswer, origin: string | undefined): void {
    this.bus.publish({ entityId: live.thingId, envelope: liveEnvelope(live), origin });
  }

  #receive({ envelope, origin }: LiveFrame): void {
    const live = this.#read(envelope);
    if (live === undefined) return;
    if ('status' in live) {
      this.#waiting.take(live);
      return;
    }
    this.#expectations.sent(live, timeoutOf(live));
    for (const audience of this.#audiences) audience.offer(live, origin);
  }

  #read(envelope: LiveFrame['envelope']): LiveSignal | LiveAnswer | undefined {
    try {
      const parsed = parseEnvelope(envelope);
      return isLive(parsed) ? liveOf(parsed) : undefined;
    } catch (error) {
      // Another version of Gemel may say what this one does not know.
      this.#counts.count('dropped');
      this.parts.log.debug({ error }, 'a live signal of another process cannot be read');
      return undefined;
    }
  }
}
