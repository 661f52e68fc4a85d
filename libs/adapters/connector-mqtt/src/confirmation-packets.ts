import type { Confirmation } from './intake.js';

const FIRST_BYTE: Readonly<Record<Confirmation['cmd'], number>> = { puback: 0x40, pubrec: 0x50 };
const LENGTH = 4;

/** [MQTT-3.4.2.1] Without a reason code a confirmation says success, and is the same in MQTT 3.1.1 and 5. */
export function encodeConfirmations(confirmations: readonly Confirmation[]): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH * confirmations.length);
  let at = 0;
  for (const { cmd, messageId } of confirmations) {
    bytes[at] = FIRST_BYTE[cmd];
    // What is left of the packet: the identifier.
    bytes[at + 1] = 2;
    bytes.writeUInt16BE(messageId, at + 2);
    at += LENGTH;
  }
  return bytes;
}
