// A bare Fastify route for PUT of a property, whatever it is stored in: it parses, keeps the thing, and answers when the
// store has written event and state.
import Fastify from 'fastify';

/**
 * Listens on a free port and prints it.
 * @param bytes.thingOf the thing before its first change; `bytes.eventOf` an event of about the size that Gemel stores
 * @param store its `write` resolves when event and state are durable
 */
export async function servePuts(store, { thingOf, eventOf }) {
  const things = new Map();
  const app = Fastify({ logger: false });
  app.put('/api/2/things/:thingId/features/:featureId/properties/:property', async (request, reply) => {
    const { thingId, featureId, property } = request.params;
    const known = things.get(thingId) ?? { revision: 1, thing: thingOf(thingId) };
    const feature = known.thing.features[featureId];
    const features = {
      ...known.thing.features,
      [featureId]: { ...feature, properties: { ...feature.properties, [property]: request.body } },
    };
    const next = { revision: known.revision + 1, thing: { ...known.thing, features } };
    things.set(thingId, next);
    const path = ['features', featureId, 'properties', property];
    const event = JSON.stringify(eventOf({ id: thingId, revision: next.revision, path, value: request.body }));
    await store.write({ id: thingId, revision: next.revision, event, state: JSON.stringify(next.thing) });
    return reply.code(204).send();
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  console.log(JSON.stringify({ port: app.server.address().port }));
}
