import { randomUUID } from 'node:crypto';
import type { RecordedEvent, ThingChange } from '@gemel/application/ports';
import { ConsistencyCheck } from '@gemel/application/consistency';
import type { Finding } from '@gemel/application/consistency';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { describeStoredDocuments, policyChange, thingChange, thingDeletion } from '@gemel/testkit/contracts';
import type { OpenedDocuments } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import { openMongoStore } from './index.js';
import type { MongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');
const COLLECTIONS = { thing: 'things', policy: 'policies' } as const;

/** Looks again at once at what seems to be wrong. */
const HASTY = { now: () => performance.now(), sleep: () => Promise.resolve() };

interface AnyDocument {
  readonly _id: string | number;
  readonly [name: string]: unknown;
}

/** Writes what is in the log to documents, as one replica does. */
async function project(store: MongoStore): Promise<void> {
  const projection = store.projection(1);
  for (;;) {
    const events: readonly RecordedEvent[] = await store.read(await projection.position(), 1_000);
    if (events.length === 0) return;
    await projection.handle(events);
  }
}

/** A database of its own, and as many stores on it as are opened. */
function freshDatabase() {
  const database = `gemel-documents-${randomUUID()}`;
  const stores: MongoStore[] = [];
  return {
    database,
    open: async () => {
      const store = await openMongoStore({ url: URL, database, log: SILENT });
      stores.push(store);
      return store;
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      const raw = await createConnection(URL, { dbName: database }).asPromise();
      await raw.dropDatabase();
      await raw.close();
    },
  };
}

async function opened(): Promise<OpenedDocuments> {
  const { database, open, close } = freshDatabase();
  const store = await open();
  const raw = await createConnection(URL, { dbName: database }).asPromise();
  const collection = (name: string) => raw.collection<AnyDocument>(name);
  const eventOf = (entity: string, id: string, revision: number) => ({
    keys: `${entity}/${id}/${String(revision).padStart(16, '0')}`,
  });
  return {
    log: store,
    archive: store.archive,
    documents: store.documents,
    states: open,
    settled: () => project(store),
    spoil: {
      document: async (entity, id, change) => {
        await collection(COLLECTIONS[entity]).updateOne({ _id: id }, { $set: change });
      },
      removal: async (entity, id) => {
        await collection(COLLECTIONS[entity]).deleteOne({ _id: id });
      },
      names: async (policyId) => {
        await collection('policies').updateOne({ _id: policyId }, { $set: { subjects: ['x:nobody'] } });
      },
      keys: async (thingId) => {
        await collection('search_parts').deleteOne({ _id: `${thingId}\u0001/attributes` });
        await collection('search_parts').insertOne({ _id: `${thingId}\u0001/features/f`, revision: 1, keys: ['x'] });
      },
      event: async (entity, id, revision) => {
        const commit = await collection('commits').findOne(eventOf(entity, id, revision));
        const { keys, events } = commit as unknown as { keys: readonly string[]; events: readonly string[] };
        const isOther = (text: string) =>
          !text.startsWith(`{"entity":"${entity}","id":"${id}","revision":${String(revision)},`);
        const kept = keys.filter((key) => key !== eventOf(entity, id, revision).keys);
        const change = { keys: kept, events: events.map((text) => (isOther(text) ? text : '')) };
        await collection('commits').updateOne(eventOf(entity, id, revision), { $set: change });
      },
      owner: async (id, revision, other) => {
        const commit = await collection('commits').findOne(eventOf('thing', id, revision));
        const { events } = commit as unknown as { events: readonly string[] };
        const changed = events.map((text) => text.replaceAll(`"${id}"`, `"${other}"`));
        await collection('commits').updateOne(eventOf('thing', id, revision), { $set: { events: changed } });
      },
    },
    close: async () => {
      await raw.close();
      await close();
    },
  };
}

describeStoredDocuments('MongoStore', opened);

describe('documents of MongoStore under load', () => {
  const { open, close } = freshDatabase();

  afterAll(close);

  it('are not taken for wrong while replicas write and one of them writes documents', async () => {
    const [one, two, checking] = [await open(), await open(), await open()];
    const ids = Array.from({ length: 40 }, (_, index) => `a:${String(index)}`);
    const stopping = new AbortController();
    const working = [
      write(one, ids.slice(0, 19), stopping.signal),
      write(two, ids.slice(19), stopping.signal),
      projectUntil(one, stopping.signal),
    ];
    const parts = { documents: checking.documents, log: checking, archive: checking.archive, timers: HASTY };
    const check = new ConsistencyCheck(parts);
    const findings: Finding[] = [];
    const revisions: number[] = [];
    try {
      // Until some documents were written in between.
      while (revisions.length < 4 || new Set(revisions).size < 3) {
        for await (const step of check.run()) findings.push(...step.findings);
        const [first] = (await checking.documents.look('thing', ids)).values();
        revisions.push(first?.state.revision ?? 0);
      }
    } finally {
      stopping.abort();
      await Promise.all(working);
    }
    await project(one);
    for await (const step of check.run()) findings.push(...step.findings);
    expect(findings).toEqual([]);
  });
});

/** Changes all of the things together, again and again; each seventh time they are deleted. */
async function write(store: MongoStore, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const states = new Map<string, ThingState>();
  for (let revision = 1; !signal.aborted; revision += 1) {
    const changes = ids.map((id): ThingChange => {
      const attributes = { [`n${String(revision % 5)}`]: revision };
      const { event } = revision % 7 === 0 ? thingDeletion(id, revision) : thingChange(id, revision, attributes);
      const state = evolve(states.get(id), event);
      states.set(id, state);
      return { entity: 'thing', event, state };
    });
    await store.append([...changes, policyChange(`a:p${String(ids.length)}`, revision)]);
  }
}

async function projectUntil(store: MongoStore, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await project(store);
}
