// Bare mqtt.js that stores what Gemel stores of a message, publishes the event at QoS 1 and confirms the message: the least time
// that it takes from a device to a consumer.
import { once } from 'node:events';
import mqtt from 'mqtt';
import { confirmations, readOn } from './mqtt-client.mjs';
import { openTwins } from './twins.mjs';

const [folder, url, source, target] = process.argv.slice(2);
const twins = openTwins(folder);
const client = mqtt.connect(url, { protocolVersion: 5, properties: { receiveMaximum: 1_000 } });
const confirm = confirmations(client);

readOn(client);
client.on('message', (_topic, payload, { messageId }) => {
  twins.apply(payload).then((event) => {
    client.publish(`${target}/${messageId}`, event, { qos: 1 });
    confirm(messageId);
  });
});
await once(client, 'connect');
await client.subscribeAsync(source, { qos: 1 });
console.log(JSON.stringify({ source }));
process.on('SIGTERM', () => client.end(true, () => process.exit()));
