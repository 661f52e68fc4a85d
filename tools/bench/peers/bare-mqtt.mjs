// Bare aedes that merges, writes the same bytes and two history points with group commit, then confirms: the ceiling for MQTT.
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { sampleEvent, sampleThing } from '../sample-thing.mjs';
import { openGroupCommit } from './group-commit.mjs';

const store = openGroupCommit(process.argv[2]);
const things = new Map();
const broker = await Aedes.createBroker({ concurrency: 100 });
let series = 0;

broker.authorizePublish = (client, packet, callback) => {
  const message = JSON.parse(packet.payload.toString());
  const [namespace, name] = message.topic.split('/');
  const id = `${namespace}:${name}`;
  const known = things.get(id) ?? { revision: 1, thing: sampleThing(id), series: (series += 2) };
  const features = { ...known.thing.features };
  for (const [featureId, patch] of Object.entries(message.value)) {
    features[featureId] = {
      ...features[featureId],
      properties: { ...features[featureId]?.properties, ...patch.properties },
    };
  }
  const next = { ...known, revision: known.revision + 1, thing: { ...known.thing, features } };
  things.set(id, next);
  const time = Date.now() * 1000 + (next.revision % 1000);
  const event = JSON.stringify(sampleEvent(id, next.revision, message.path, message.value));
  const points = [
    [known.series, time, 1],
    [known.series + 1, time, 2],
  ];
  store
    .write({ id, revision: next.revision, event, state: JSON.stringify(next.thing), points })
    .then(() => callback(null));
};
const server = createServer(broker.handle);
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
