import type { Client, ConnectPacket } from 'aedes';

/** CONNACK of MQTT 5: no session, reason 0x84 (unsupported protocol version), no properties. */
const CONNACK = Buffer.from([0x20, 0x03, 0x00, 0x84, 0x00]);
const VERSION = 5;

/** Tells clients of MQTT 5 in their own words that they must speak 3.1.1: aedes would answer in words that they cannot read. */
export function refuseMqtt5(
  client: Client,
  packet: ConnectPacket,
  done: (error: Error | null, success: boolean) => void,
): void {
  if (packet.protocolVersion !== VERSION) {
    done(null, true);
    return;
  }
  client.conn.write(CONNACK, () => {
    done(new Error('MQTT 5 is not spoken here'), false);
  });
}
