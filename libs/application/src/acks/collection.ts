import type { AckLabel } from '@gemel/model/headers';
import { AcknowledgementTimeout } from '@gemel/model/messages';
import type { Ack } from './ack.js';

/** Acknowledgements on their way; those that are there count, in the order in which they were asked for. */
export interface Collecting {
  readonly at: 'collecting';
  readonly requested: readonly AckLabel[];
  readonly received: ReadonlyMap<AckLabel, Ack>;
}

export type Collection = Collecting | { readonly at: 'complete'; readonly acks: readonly Ack[] };

export type CollectionInput =
  | { readonly type: 'acknowledged'; readonly ack: Ack }
  /** The time is up. */
  | { readonly type: 'elapsed'; readonly timeoutMs: number; readonly correlationId: string };

export function beginCollection(requested: readonly AckLabel[]): Collection {
  return completed({ at: 'collecting', requested, received: new Map() });
}

/**
 * What a collection is after an input. The first acknowledgement of a label counts, and none that was not asked for;
 * when the time is up the missing ones have failed with 408. A complete collection stays as it is.
 */
export function stepCollection(collection: Collection, input: CollectionInput): Collection {
  if (collection.at === 'complete') return collection;
  const { requested, received } = collection;
  switch (input.type) {
    case 'acknowledged': {
      const { ack } = input;
      if (!requested.includes(ack.label) || received.has(ack.label)) return collection;
      return completed({ ...collection, received: new Map([...received, [ack.label, ack]]) });
    }
    case 'elapsed': {
      const error = new AcknowledgementTimeout(input.timeoutMs);
      const headers = { 'correlation-id': input.correlationId };
      const acks = requested.map(
        (label) => received.get(label) ?? { label, status: error.status, payload: { ...error.toJson() }, headers },
      );
      return { at: 'complete', acks };
    }
  }
}

function completed(collecting: Collecting): Collection {
  const acks = collecting.requested.flatMap((label) => collecting.received.get(label) ?? []);
  return acks.length === collecting.requested.length ? { at: 'complete', acks } : collecting;
}
