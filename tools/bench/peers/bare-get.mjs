// A bare Fastify route that returns the bytes of a thing: the ceiling for GET.
import Fastify from 'fastify';
import { sampleThing } from '../sample-thing.mjs';

const body = JSON.stringify(sampleThing('bench:thing-0'));
const app = Fastify({ logger: false });
app.get('/api/2/things/:thingId', (request, reply) => {
  reply.header('content-type', 'application/json').send(body);
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ port: app.server.address().port }));
