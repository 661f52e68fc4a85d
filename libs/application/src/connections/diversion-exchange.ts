import type { ConnectionId } from '@gemel/model/connections';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { formatEnvelope } from '@gemel/model/protocol';
import type { LiveBus, LiveFrame } from '../ports/index.js';

/** An answer to a message of one connection, for the targets of another one. */
export interface DivertedAnswer {
  /** The Ditto Protocol message. */
  readonly json: JsonObject;
  /** Of what is answered. */
  readonly headers: JsonObject;
  readonly from: ConnectionId;
  /** Index of the source that the message came on. */
  readonly source: number;
}

const TAIL = '/connections/announcements/diverted';

/** Brings answers to the connections to which they are diverted, whichever process has them open. At most once. */
export class DiversionExchange {
  constructor(private readonly bus: LiveBus) {}

  divert(to: string, { json, headers, from, source }: DivertedAnswer): void {
    const topic = {
      namespace: '_',
      name: to,
      group: 'connections',
      criterion: 'announcements',
      announcement: 'diverted',
    } as const;
    const envelope = formatEnvelope({ topic, headers: {}, path: [], value: { json, headers, from, source } });
    // Frames are about things: this one keeps those of one connection in order.
    this.bus.publish({ entityId: parseThingId(`gemel:${to}`), envelope });
  }

  /** Everything that is diverted to a connection from now on; `take` must not throw. */
  accept(connectionId: ConnectionId, take: (answer: DivertedAnswer) => void): { close(): void } {
    const listening = this.bus.listen(({ envelope }) => {
      if (envelope['topic'] === `_/${connectionId}${TAIL}`) this.#read(envelope, take);
    });
    return { close: () => void listening.stop() };
  }

  #read({ value }: LiveFrame['envelope'], take: (answer: DivertedAnswer) => void): void {
    if (!isJsonObject(value)) return;
    const [json, headers, from, source] = ['json', 'headers', 'from', 'source'].map((name) => member(value, name));
    if (!isJsonObject(json) || !isJsonObject(headers) || typeof from !== 'string' || typeof source !== 'number') return;
    take({ json, headers, from: parseFrom(from), source });
  }
}

/** As another process of this installation has written it. */
function parseFrom(text: string): ConnectionId {
  return text as ConnectionId;
}
