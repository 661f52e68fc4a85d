import type { AedesPublishPacket, PublishPacket } from 'aedes';

import type { KeptDelivery, KeptMessage } from './journal.js';
import type { Outgoing } from './outgoing.js';

/** What of a packet is kept. */
export function keptMessage({ topic, payload, qos, retain }: AedesPublishPacket): KeptMessage {
  return { topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, qos, retain };
}

/** As a client would send it. */
export function publishPacketOf({ topic, payload, qos, retain }: KeptMessage): PublishPacket {
  return { cmd: 'publish', topic, payload: bufferOf(payload), qos, retain, dup: false };
}

/** As aedes would have it, from no broker and with no number yet. */
export function packetOf(message: KeptMessage): AedesPublishPacket {
  return { ...publishPacketOf(message), brokerId: '', brokerCounter: 0 };
}

/** `counter` takes the place of the number that aedes would give. */
export function outgoingOf(delivery: KeptDelivery, counter: number): Outgoing {
  const { messageId, number } = delivery;
  if (delivery.isReleased) return { cmd: 'pubrel', messageId, number, brokerCounter: counter };
  return { ...packetOf(delivery.message), messageId, number, brokerCounter: counter };
}

/** The same bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
