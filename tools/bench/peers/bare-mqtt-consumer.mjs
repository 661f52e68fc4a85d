// Bare mqtt.js that merges, writes the same bytes and two history points with group commit, then confirms: the ceiling for what
// comes in over MQTT. By itself mqtt.js reads on only when a message is confirmed: one commit for each. This one reads on.
import mqtt from 'mqtt';
import { confirmations, readOn } from './mqtt-client.mjs';
import { answerRuns, stopwatch } from './runs.mjs';
import { openTwins } from './twins.mjs';

const [folder, url] = process.argv.slice(2);
const twins = openTwins(folder);

answerRuns(async ({ filter, options, count }) => {
  const watch = stopwatch(count);
  const client = mqtt.connect(url, options);
  const confirm = confirmations(client);
  readOn(client);
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
