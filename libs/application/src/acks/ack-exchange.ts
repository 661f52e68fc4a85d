import { headerText, withoutInternalHeaders } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import { formatEnvelope, isTwinAck, parseEnvelope, twinAckOf } from '@gemel/model/protocol';
import type { TwinAck } from '@gemel/model/protocol';
import type { LiveBus, LiveFrame, Logger, Subscription } from '../ports/index.js';
import type { AckCollections } from './ack-collections.js';

/** Brings subscribers' acknowledgements to who waits for them, in whichever process that is. */
export class AckExchange {
  readonly #listening: Subscription;

  constructor(
    private readonly bus: LiveBus,
    private readonly collections: Pick<AckCollections, 'receive'>,
    private readonly log: Logger,
  ) {
    this.#listening = bus.listen((frame) => this.#receive(frame));
  }

  /** Nobody is told whether somebody has waited for it. */
  issue({ thingId, envelope }: TwinAck): void {
    this.bus.publish({ entityId: thingId, envelope: formatEnvelope(envelope) });
  }

  close(): Promise<void> {
    return this.#listening.stop();
  }

  #receive({ envelope }: LiveFrame): void {
    // Most frames are of the live channel: their topics say so at a glance.
    const { topic } = envelope;
    if (typeof topic !== 'string' || !topic.includes('/things/twin/acks/')) return;
    try {
      const parsed = parseEnvelope(envelope);
      if (!isTwinAck(parsed)) return;
      const { correlationId, label, status } = twinAckOf(parsed);
      const { headers, value } = parsed;
      this.collections.receive(correlationId, {
        label,
        status,
        headers: { ...withoutInternalHeaders(headers), ...weakness(headers) },
        ...(value === undefined ? undefined : { payload: value }),
      });
    } catch (error) {
      // Another version of Gemel may say what this one does not know.
      this.log.debug({ error }, 'an acknowledgement of another process cannot be read');
    }
  }
}

const WEAK = 'ditto-weak-ack';

/** The one internal header that whoever waits is shown (Ditto, "Acknowledgements: weak acknowledgements"). */
function weakness(headers: JsonObject): JsonObject {
  return headerText(headers, WEAK) === 'true' ? { [WEAK]: true } : {};
}
