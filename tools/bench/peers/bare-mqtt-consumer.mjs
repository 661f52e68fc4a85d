// Bare mqtt.js that merges, writes the same bytes and two history points with group commit, then confirms: the ceiling for what
// comes in over MQTT. By itself mqtt.js reads on only when a message is confirmed: one commit for each. This one reads on.
import mqtt from 'mqtt';
import { answerRuns, stopwatch } from './runs.mjs';
import { openTwins } from './twins.mjs';

const [folder, url] = process.argv.slice(2);
const twins = openTwins(folder);

answerRuns(async ({ filter, options, count }) => {
  const watch = stopwatch(count);
  const client = mqtt.connect(url, options);
  const confirm = confirmations(client);
  client.once('connect', () => client.stream.setNoDelay(true));
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'publish') packet.qos = 0;
  });
  client.on('message', (_topic, payload, { messageId }) => {
    watch.begin();
    twins.apply(payload).then(() => {
      confirm(messageId);
      watch.add();
    });
  });
  const result = await watch.measured;
  await client.unsubscribeAsync(filter);
  await client.endAsync(false, { properties: { sessionExpiryInterval: 0 } });
  return result;
});

/** PUBACKs; those of one commit leave in one write. */
function confirmations(client) {
  let waiting = [];
  return (messageId) => {
    if (waiting.push(0x40, 0x02, messageId >> 8, messageId & 0xff) > 4) return;
    setImmediate(() => {
      client.stream.write(Uint8Array.from(waiting));
      waiting = [];
    });
  };
}
