// A bare Fastify route that parses the body and writes the same bytes as Gemel with group commit: the ceiling for PUT.
import Fastify from 'fastify';
import { sampleEvent, sampleThing } from '../sample-thing.mjs';
import { openGroupCommit } from './group-commit.mjs';

const store = openGroupCommit(process.argv[2]);
const things = new Map();
const app = Fastify({ logger: false });
app.put('/api/2/things/:thingId/features/:featureId/properties/:property', async (request, reply) => {
  const { thingId, featureId, property } = request.params;
  const known = things.get(thingId) ?? { revision: 1, thing: sampleThing(thingId) };
  const feature = known.thing.features[featureId];
  const features = {
    ...known.thing.features,
    [featureId]: { ...feature, properties: { ...feature.properties, [property]: request.body } },
  };
  const next = { revision: known.revision + 1, thing: { ...known.thing, features } };
  things.set(thingId, next);
  const event = JSON.stringify(
    sampleEvent(thingId, next.revision, `/features/${featureId}/properties/${property}`, request.body),
  );
  await store.write({ id: thingId, revision: next.revision, event, state: JSON.stringify(next.thing) });
  return reply.code(204).send();
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ port: app.server.address().port }));
