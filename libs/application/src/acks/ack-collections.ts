import { customLabels } from '@gemel/model/headers';
import type { AckLabel } from '@gemel/model/headers';
import { CorrelationIdInUse } from '@gemel/model/messages';
import type { Timers } from '../ports/index.js';
import type { Ack } from './ack.js';
import { beginCollection, stepCollection } from './collection.js';
import type { Collection, CollectionInput } from './collection.js';

/** Acknowledgements that somebody waits for. */
export interface OpenCollection {
  /** Settles when all are there or the time is up; never rejects. */
  readonly acks: Promise<readonly Ack[]>;
  receive(ack: Ack): void;
  /** Nobody waits any more. */
  close(): void;
}

/**
 * Every collection of acknowledgements of this process. Subscribers' acknowledgements find theirs by its correlation id;
 * the built-in ones come from whoever opened it.
 */
export class AckCollections {
  readonly #open = new Map<string, OpenCollection>();

  constructor(private readonly timers: Timers) {}

  /** @throws CorrelationIdInUse when another one waits for subscribers under the same correlation id */
  open(correlationId: string, requested: readonly AckLabel[], timeoutMs: number): OpenCollection {
    const isShared = customLabels(requested).length > 0;
    if (isShared && this.#open.has(correlationId)) throw new CorrelationIdInUse(correlationId);
    const ended = new AbortController();
    let collection: Collection = beginCollection(requested);
    let settle: (acks: readonly Ack[]) => void = () => undefined;
    const acks = new Promise<readonly Ack[]>((resolve) => (settle = resolve));
    const step = (input?: CollectionInput): void => {
      if (ended.signal.aborted) return;
      if (input !== undefined) collection = stepCollection(collection, input);
      if (collection.at === 'collecting') return;
      close();
      settle(collection.acks);
    };
    const close = (): void => {
      ended.abort();
      if (this.#open.get(correlationId) === opened) this.#open.delete(correlationId);
    };
    const opened: OpenCollection = { acks, receive: (ack) => step({ type: 'acknowledged', ack }), close };
    if (isShared) this.#open.set(correlationId, opened);
    step();
    void this.timers.sleep(timeoutMs, ended.signal).then(() => step({ type: 'elapsed', timeoutMs, correlationId }));
    return opened;
  }

  /** A subscriber's acknowledgement; false when nobody waits for it here. */
  receive(correlationId: string, ack: Ack): boolean {
    const opened = this.#open.get(correlationId);
    opened?.receive(ack);
    return opened !== undefined;
  }
}
