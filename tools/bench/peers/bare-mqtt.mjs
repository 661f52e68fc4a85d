// Bare aedes that merges, writes the same bytes and two history points with group commit, then confirms: the ceiling for MQTT.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { openTwins } from './twins.mjs';

const twins = openTwins(process.argv[2]);
const broker = await Aedes.createBroker({ concurrency: 100 });

broker.authorizePublish = (client, packet, callback) => {
  twins.apply(packet.payload).then(() => callback(null));
};
const server = createServer(broker.handle);
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
