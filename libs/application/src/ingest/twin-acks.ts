import { SEARCH_PERSISTED, TWIN_PERSISTED } from '@gemel/model/headers';
import type { AnswerWanted } from '@gemel/model/headers';
import type { Ack, AckCollections } from '../acks/index.js';
import { statusOf } from './answer.js';
import type { Reply } from './answer.js';

/** Of a sender who does not say how long it waits (Ditto, "Acknowledgements"). */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Acknowledgements of changes of twins that messages ask for. */
export class TwinAcks {
  constructor(private readonly collections: AckCollections) {}

  /**
   * Carries out a change and waits for what it is to be acknowledged with; what does not come in time has failed with 408.
   * @throws CorrelationIdInUse before anything is done @throws what the change is refused with, at once
   */
  async collect(
    correlationId: string,
    { acks, timeoutMs = DEFAULT_TIMEOUT_MS }: AnswerWanted,
    change: () => Promise<Reply>,
  ): Promise<readonly Ack[]> {
    const collection = this.collections.open(correlationId, acks, timeoutMs);
    try {
      const reply = await change();
      collection.receive(twinPersisted(reply, correlationId));
      // Searches find what is committed.
      collection.receive({ label: SEARCH_PERSISTED, status: 204, headers: { 'correlation-id': correlationId } });
      return await collection.acks;
    } finally {
      collection.close();
    }
  }
}

function twinPersisted(reply: Reply, correlationId: string): Ack {
  const { value, etag, revision } = reply;
  const status = statusOf(reply);
  return {
    label: TWIN_PERSISTED,
    status,
    headers: {
      'correlation-id': correlationId,
      version: 2,
      ...(etag === undefined ? undefined : { etag }),
      'entity-revision': revision,
    },
    ...(status === 204 || value === undefined ? undefined : { payload: value }),
  };
}
