// A bare Fastify route that parses the body and writes the same bytes as Gemel with group commit: the ceiling for PUT.
import { sampleEvent, sampleThing } from '../sample-thing.mjs';
import { openGroupCommit } from './group-commit.mjs';
import { servePuts } from './put-server.mjs';

await servePuts(openGroupCommit(process.argv[2]), {
  thingOf: sampleThing,
  eventOf: ({ id, revision, path, value }) => sampleEvent(id, revision, `/${path.join('/')}`, value),
});
