// The strict peer: a loop over the bare driver that writes and reads the same bytes, as many at once as there are clients.

import { EVENTS, STATES, writtenBytes } from './written-bytes.mjs';

const THINGS = 1000;
const INDEX = { thing: 1, revision: 1 };

/** What two programs can do with the same server, without HTTP, rights, searches or anybody who reads along. */
export class BareLoop {
  #db;
  #event;
  #state;
  #revision = 1;
  #next = 0;

  /** @param db a database in which Gemel has written a thing: its bytes are the peer's, too */
  static async open(db) {
    const loop = new BareLoop();
    const { event, state } = await writtenBytes(db);
    loop.#db = { events: db.collection(EVENTS), states: db.collection(STATES) };
    loop.#event = event;
    loop.#state = state;
    await loop.#db.events.createIndex(INDEX, { unique: true });
    const states = Array.from({ length: THINGS }, (_, index) => ({ ...state, _id: nameOf(index) }));
    await loop.#db.states.insertMany(states);
    return loop;
  }

  /** Writes per second: insertMany of events under a unique key, then bulkWrite of states, and again. */
  write({ clients, seconds }) {
    return repeat(seconds, async () => {
      const things = this.#names(clients);
      this.#revision += 1;
      const revision = this.#revision;
      await this.#db.events.insertMany(
        things.map((thing) => ({ thing, revision, event: this.#event })),
        { ordered: false },
      );
      const { created, deleted, content } = this.#state;
      const fields = { revision, created, modified: created + revision, deleted, content };
      await this.#db.states.bulkWrite(
        things.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: fields }, upsert: true } })),
        { ordered: false },
      );
      return clients;
    });
  }

  /** Reads per second: each client asks for a whole state, as text, again and again. */
  async read({ clients, seconds }) {
    const own = Array.from({ length: clients }, () =>
      repeat(seconds, async () => {
        const [_id] = this.#names(1);
        return (await this.#db.states.findOne({ _id })) === null ? 0 : 1;
      }),
    );
    return { perSecond: (await Promise.all(own)).reduce((sum, { perSecond }) => sum + perSecond, 0) };
  }

  #names(count) {
    this.#next += count;
    return Array.from({ length: count }, (_, index) => nameOf((this.#next + index) % THINGS));
  }
}

function nameOf(index) {
  return `bench:bare-${index}`;
}

async function repeat(seconds, work) {
  const begun = performance.now();
  let done = 0;
  while (performance.now() - begun < seconds * 1000) done += await work();
  return { perSecond: (done * 1000) / (performance.now() - begun) };
}
