import { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';
import type { Timers } from '../ports/index.js';
import { TooManySubscriptions } from './errors.js';
import type { SubscriptionErrors } from './errors.js';

/** For the next request [contract 2.7]. */
export const IDLE_MS = 60_000;
export const MOST_OPEN = 100;

/** What a subscriber is told; `value` has the subscription's id. */
export interface SubscriptionEvent {
  readonly action: 'created' | 'next' | 'complete' | 'failed';
  readonly value: JsonObject;
}

export type Tell = (event: SubscriptionEvent) => void;

interface Open {
  readonly items: AsyncIterator<JsonObject, unknown>;
  tell: Tell;
  demand: number;
  isPulling: boolean;
  /** What comes next, looked for before it is requested: so that the end is told with the last item. */
  ahead: Promise<IteratorResult<JsonObject, unknown>> | undefined;
  /** Ends the wait for the next request. */
  idle: AbortController;
}

/**
 * Streams of which subscribers ask for as much as they can take: reactive streams over messages (Ditto, "Search protocol").
 * Nothing is looked for before the first request, and nobody is told of a failure before it.
 */
export class PullSubscriptions {
  readonly #open = new Map<string, Open>();

  constructor(
    private readonly errors: SubscriptionErrors,
    private readonly timers: Pick<Timers, 'sleep'>,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  /** @param items what each `next` has beside the id @throws TooManySubscriptions */
  begin(id: string, items: AsyncIterable<JsonObject, unknown>, tell: Tell): void {
    if (this.#open.size >= MOST_OPEN) throw new TooManySubscriptions(MOST_OPEN);
    const open: Open = {
      items: items[Symbol.asyncIterator](),
      tell,
      demand: 0,
      isPulling: false,
      ahead: undefined,
      idle: new AbortController(),
    };
    this.#open.set(id, open);
    tell({ action: 'created', value: { subscriptionId: id } });
    this.#expect(id, open);
  }

  /** @param demand how many more may come; anything that is no number of 1 or more ends the subscription */
  request(id: string, demand: unknown, tell: Tell): void {
    const open = this.#open.get(id);
    if (open === undefined) {
      tell(failed(id, new this.errors.NotFound(id)));
      return;
    }
    open.tell = tell;
    if (typeof demand !== 'number' || !Number.isSafeInteger(demand) || demand < 1) {
      this.#fail(id, open, new this.errors.ProtocolError('a request must have a positive demand'));
      return;
    }
    open.idle.abort();
    open.demand = Math.min(open.demand + demand, Number.MAX_SAFE_INTEGER);
    if (!open.isPulling) void this.#pull(id, open);
  }

  /** @throws GemelError 404 there is none */
  cancel(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) throw new this.errors.NotFound(id);
    this.#end(id, open);
  }

  /** Ends all. */
  close(): void {
    for (const [id, open] of this.#open) this.#end(id, open);
  }

  async #pull(id: string, open: Open): Promise<void> {
    open.isPulling = true;
    try {
      for (;;) {
        const { done, value } = await (open.ahead ??= open.items.next());
        if (this.#open.get(id) !== open) return;
        if (done === true) {
          this.#end(id, open);
          open.tell({ action: 'complete', value: { subscriptionId: id } });
          return;
        }
        if (open.demand === 0) break;
        open.ahead = undefined;
        open.demand--;
        open.tell({ action: 'next', value: { subscriptionId: id, ...value } });
      }
      this.#expect(id, open);
    } catch (error) {
      this.#fail(id, open, error);
    } finally {
      open.isPulling = false;
    }
  }

  /** Whoever requests nothing more is not there any more. */
  #expect(id: string, open: Open): void {
    open.idle = new AbortController();
    const { signal } = open.idle;
    void this.timers.sleep(IDLE_MS, signal).then(() => {
      if (!signal.aborted && this.#open.get(id) === open) this.#fail(id, open, new this.errors.Timeout(id));
    });
  }

  #fail(id: string, open: Open, error: unknown): void {
    if (this.#open.get(id) !== open) return;
    this.#end(id, open);
    open.tell(failed(id, error));
  }

  #end(id: string, open: Open): void {
    this.#open.delete(id);
    open.idle.abort();
    // What is being looked for is not stopped, and nobody hears of it.
    void open.items.return?.().catch(() => undefined);
  }
}

function failed(subscriptionId: string, error: unknown): SubscriptionEvent {
  const told = error instanceof GemelError ? error.toJson() : INTERNAL;
  return { action: 'failed', value: { subscriptionId, error: { ...told } } };
}

const INTERNAL = {
  status: 500,
  error: 'internalerror',
  message: 'The subscription failed for a reason that is not yours.',
  description: 'The log of the server has more.',
};
