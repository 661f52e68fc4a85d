// The same route on the MongoDB driver: what HTTP and the database alone cost a cluster.
import { MongoClient } from 'mongodb';
import { EVENTS, STATES, writtenBytes } from '../cluster/written-bytes.mjs';
import { openMongoGroupCommit } from './mongo-group-commit.mjs';
import { servePuts } from './put-server.mjs';

const [database] = process.argv.slice(2);
const db = (await new MongoClient(process.env.MONGODB_URL).connect()).db(database);
const { event, state } = await writtenBytes(db);
const template = JSON.parse(event);
const store = openMongoGroupCommit({ events: db.collection(EVENTS), states: db.collection(STATES), state });
await servePuts(store, {
  thingOf: () => JSON.parse(state.content),
  eventOf: (change) => ({ ...template, ...change }),
});
