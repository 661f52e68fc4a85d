// How peers use mqtt.js for what is to be stored before it is confirmed.

/** Has it read on while earlier messages are not confirmed; it confirms none by itself. */
export function readOn(client) {
  client.once('connect', () => client.stream.setNoDelay(true));
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'publish') packet.qos = 0;
  });
}

/** PUBACKs; those of one commit leave in one write. */
export function confirmations(client) {
  let waiting = [];
  return (messageId) => {
    if (waiting.push(0x40, 0x02, messageId >> 8, messageId & 0xff) > 4) return;
    setImmediate(() => {
      client.stream.write(Uint8Array.from(waiting));
      waiting = [];
    });
  };
}
