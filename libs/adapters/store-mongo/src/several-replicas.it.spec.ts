import { randomUUID } from 'node:crypto';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { GuardConflict, OutcomeUnknown, RevisionConflict, StoreUnavailable } from '@gemel/application/ports';
import type { RecordedEvent } from '@gemel/application/ports';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { parseCriteria } from '@gemel/model/rql';
import { namesOf, policyChange, readAll, thingChange, thingDeletion } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { openMongoStore } from './index.js';
import type { MongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');
const X = parseThingId('a:x');

describe('several replicas on one MongoDB', () => {
  let database: string;
  let stores: MongoStore[];
  let raw: Connection;
  let proxy: Proxy | undefined;

  const open = async (url = URL): Promise<MongoStore> => {
    const store = await openMongoStore({ url, database, log: SILENT });
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    database = `gemel-replicas-${randomUUID()}`;
    stores = [];
    raw = await createConnection(URL, { dbName: database }).asPromise();
  });

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await proxy?.close();
    proxy = undefined;
    await raw.dropDatabase();
    await raw.close();
  });

  const eventually = async <T>(read: () => Promise<T>, accept: (value: T) => boolean): Promise<T> => {
    for (;;) {
      const value = await read();
      if (accept(value)) return value;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('refuses what is behind without trying to write it', async () => {
    const lines: string[] = [];
    const store = await openMongoStore({
      url: URL,
      database,
      log: { ...SILENT, debug: (_fields, message) => lines.push(message) },
    });
    stores.push(store);
    await store.append([thingChange(X, 1)]);
    await expect(store.append([thingChange(X, 1)])).rejects.toThrow(RevisionConflict);
    // Comes behind it.
    await store.append([thingChange(X, 2)]);
    expect(lines).toEqual([]);
  });

  /** One more change of the thing, decided on its state; again when another writer was quicker. */
  const increment = async (store: MongoStore, id: string, writer: string): Promise<void> => {
    for (;;) {
      const revision = ((await store.thing(parseThingId(id)))?.revision ?? 0) + 1;
      try {
        await store.append([thingChange(id, revision, { writer })]);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
  };

  it('take what a replica tries out when it starts for no part of the log', async () => {
    const store = await open();
    const probe = { _id: -5, first: -5, writer: '', keys: ['probe'], events: [] };
    await raw.collection<typeof probe>('commits').insertOne(probe);
    expect(await store.end()).toBe(0);
    await store.append([thingChange('a:x', 1)]);
    expect(await store.end()).toBe(1);
  });

  it('start on an empty database at the same time', async () => {
    const replicas = await Promise.all(Array.from({ length: 8 }, () => open()));
    await Promise.all(replicas.map((store, index) => store.append([thingChange(`a:${String(index)}`, 1)])));
    expect(await readAll(await open())).toHaveLength(8);
  });

  it('lose no update and leave no gap when 64 clients write the same things', async () => {
    const [one, two] = [await open(), await open()];
    const clients = Array.from({ length: 64 }, (_, index) => index);
    await Promise.all(
      clients.map(async (client) => {
        const store = client % 2 === 0 ? one : two;
        for (let n = 0; n < 2; n += 1)
          await increment(store, n % 2 === 0 ? 'a:x' : 'a:y', `${String(client)}/${String(n)}`);
      }),
    );
    const events = await readAll(await open(), 50);
    expect(events).toHaveLength(128);
    for (const id of ['a:x', 'a:y']) {
      const own = events.filter(({ event }) => event.id === id).map(({ event }) => event.revision);
      expect(own).toEqual(own.map((_, index) => index + 1));
    }
    const writers = events.map(({ event }) => JSON.stringify(event.value));
    expect(new Set(writers).size).toBe(128);
    expect((await one.thing(X))?.revision).toBe((await two.thing(X))?.revision);
  });

  it('see at once what another one has answered', async () => {
    const [one, two] = [await open(), await open()];
    for (let revision = 1; revision <= 20; revision += 1) {
      const [writer, reader] = revision % 2 === 0 ? [one, two] : [two, one];
      await writer.append([thingChange('a:x', revision, { n: revision }), policyChange('a:p', revision)]);
      expect((await reader.thing(X))?.thing.attributes).toEqual({ n: revision });
      const found = await reader.find({
        criteria: parseCriteria(`eq(attributes/n,${String(revision)})`),
        view: ({ thing }) => thing,
        sort: [],
        limit: 5,
      });
      expect(found.map(({ state }) => state.revision)).toEqual([revision]);
    }
  });

  it('remember what was, and are told by an append that it is no more', async () => {
    const [one, two] = [await open(), await open()];
    expect(two.recall(X)).toBeUndefined();
    await one.append([thingChange('a:x', 1, { n: 1 })]);
    expect(one.recall(X)).toEqual(thingChange('a:x', 1, { n: 1 }).state);
    await two.thing(X);
    await one.append([thingChange('a:x', 2, { n: 2 })]);
    expect(two.recall(X)?.revision).toBe(1);
    expect(two.hasRivals).toBe(false);
    await expect(two.append([thingChange('a:x', 2, { n: 'other' })])).rejects.toThrow(RevisionConflict);
    expect(two.recall(X)?.revision).toBe(2);
    expect([one.hasRivals, two.hasRivals]).toEqual([false, true]);
  });

  it('follow events without reading what they led to, and never into the future', async () => {
    const [one, two] = [await open(), await open()];
    const first = thingChange('a:x', 1, { n: 1 });
    await one.append([first]);
    await two.thing(X);
    const { event } = thingChange('a:x', 2);
    const set = { ...event, action: 'modified', path: ['attributes', 'n'], value: 2 } as const;
    two.follow({ ...set, revision: 3 });
    expect(two.recall(X)?.revision).toBe(1);
    two.follow(set);
    two.follow(set);
    expect(two.recall(X)).toMatchObject({ revision: 2, thing: { attributes: { n: 2 } } });
  });

  it('lose only what conflicts when others share its commit', async () => {
    const [one, two] = [await open(), await open()];
    await one.append([thingChange('a:x', 1)]);
    await two.thing(X);
    await one.append([thingChange('a:x', 2)]);
    const others = Array.from({ length: 7 }, (_, index) => two.append([thingChange(`a:${String(index)}`, 1)]));
    const late = two.append([thingChange('a:x', 2, { n: 'late' })]).catch((error: unknown) => error);
    await Promise.all(others);
    expect(await late).toBeInstanceOf(RevisionConflict);
    const events = await readAll(await open());
    expect(events.map(({ event }) => event.id).toSorted()).toEqual([...'0123456xx'].map((name) => `a:${name}`));
    expect((await one.history('thing', X, { from: 1, to: 9 })).map(({ event }) => event.revision)).toEqual([1, 2]);
  });

  it('put appends that come together into few commits', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 40 }, (_, index) => store.append([thingChange(`a:${String(index)}`, 1)])));
    const commits = await raw.collection('commits').find({}).toArray();
    expect(commits).toHaveLength(5);
    const ids = (await readAll(store)).map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(40);
    expect(await store.history('thing', parseThingId('a:7'), { from: 1, to: 1 })).toHaveLength(1);
  });

  /** As the duty does it. */
  const project = async (store: MongoStore): Promise<void> => {
    const projection = store.projection(1);
    const events = await store.followed().read(await projection.position(), 1_000);
    await projection.handle(events);
  };

  const revisionsOf = async (name: 'things' | 'policies'): Promise<unknown> => {
    const rows = await raw
      .collection<{ _id: string; revision: number }>(name)
      .find({}, { sort: { _id: 1 } })
      .toArray();
    return rows.map(({ _id, revision }) => `${_id}#${String(revision)}`);
  };

  it('read states that nobody has written yet, and write them later, each once', async () => {
    const one = await open();
    await one.append([thingChange('a:x', 1, { n: 1 }), thingChange('a:y', 1)]);
    const two = await open();
    expect((await two.thing(X))?.thing.attributes).toEqual({ n: 1 });
    await two.append([thingChange('a:x', 2, { n: 2 })]);
    expect((await one.thing(X))?.revision).toBe(2);
    expect(await revisionsOf('things')).toEqual([]);
    await project(two);
    expect(await revisionsOf('things')).toEqual(['a:x#2', 'a:y#1']);
    await one.append([thingDeletion('a:x', 3)]);
    const three = await open();
    for (const store of [one, two, three]) expect(await store.thing(X)).toMatchObject({ revision: 3, deleted: true });
    await expect(two.append([thingChange('a:x', 3)])).rejects.toThrow(RevisionConflict);
    await project(three);
    expect(await revisionsOf('things')).toEqual(['a:x#3', 'a:y#1']);
    for (const store of [one, two]) expect((await store.thing(X))?.revision).toBe(3);
    expect(namesOf(await readAll(two))).toEqual(['a:x#1', 'a:y#1', 'a:x#2', 'a:x#3']);
  });

  it('list things in order whose states are not written yet among those whose are', async () => {
    const [one, two] = [await open(), await open()];
    await one.append([thingChange('a:b', 1), thingChange('a:d', 1), thingChange('a:\u{1F600}', 1)]);
    await project(one);
    await one.append([
      thingChange('a:a', 1),
      thingChange('a:c', 1),
      thingChange('a:\uFF41', 1),
      thingDeletion('a:d', 2),
    ]);
    for (const store of [one, two]) {
      const found = await store.find({ view: ({ thing }) => thing, sort: [], limit: 10 });
      expect(found.map(({ thing }) => thing.thingId)).toEqual(['a:a', 'a:b', 'a:c', 'a:\uFF41', 'a:\u{1F600}']);
    }
  });

  it('mend the documents of a policy that a writer left behind when it died', async () => {
    const [one, two] = [await open(), await open()];
    await one.append([policyChange('a:p', 1)]);
    const before = await raw.collection<{ _id: string }>('policies').findOne({ _id: 'a:p' });
    await one.append([policyChange('a:p', 2)]);
    await raw.collection<{ _id: string }>('policies').replaceOne({ _id: 'a:p' }, before ?? {});
    expect((await two.policy(parsePolicyId('a:p')))?.revision).toBe(2);
    await project(two);
    expect(await revisionsOf('policies')).toEqual(['a:p#2']);
  });

  it('never take a state back to what an earlier holder of the duty knew', async () => {
    const [one, two] = [await open(), await open()];
    await one.append([thingChange('a:x', 1)]);
    const late = one.projection(1);
    const events = await one.followed().read(0, 10);
    await two.append([thingChange('a:x', 2)]);
    const next = two.projection(2);
    await next.handle(await two.followed().read(0, 10));
    await expect(late.handle(events)).rejects.toThrow("taken over 'search-parts'");
    expect(await revisionsOf('things')).toEqual(['a:x#2']);
  });

  it('raise the version of a guard whose writer died before it did', async () => {
    const [one, two] = [await open(), await open()];
    await one.append([thingChange('a:x', 1, { n: 1 })], { name: 'trees', version: 0 });
    await one.append([thingChange('a:x', 2, { n: 2 })], { name: 'trees', version: 1 });
    while ((await two.guardVersion('trees')) < 2) await new Promise((resolve) => setImmediate(resolve));
    await raw.collection<{ _id: string }>('counters').updateOne({ _id: 'guard/trees' }, { $set: { value: 1 } });
    expect(await two.guardVersion('trees')).toBe(1);

    const late = two.append([thingChange('a:y', 1)], { name: 'trees', version: 1 });
    await expect(late).rejects.toThrow(GuardConflict);
    expect(await two.guardVersion('trees')).toBe(2);
    expect((await two.thing(X))?.thing.attributes).toEqual({ n: 2 });
    await two.append([thingChange('a:y', 1)], { name: 'trees', version: 2 });
    expect(namesOf(await readAll(two))).toEqual(['a:x#1', 'a:x#2', 'a:y#1']);
  });

  it('let one at a time commit under a guard, each on what the one before has done', async () => {
    const replicas = [await open(), await open(), await open()];
    const add = async (store: MongoStore, name: string): Promise<void> => {
      for (;;) {
        const version = await store.guardVersion('trees');
        const sizes = await Promise.all(['a:0', 'a:1', 'a:2'].map((id) => store.thing(parseThingId(id))));
        const total = sizes.reduce((sum, state) => sum + (state?.revision ?? 0), 0);
        const id = `a:${String(total % 3)}`;
        const revision = (sizes[total % 3]?.revision ?? 0) + 1;
        try {
          await store.append([thingChange(id, revision, { name, total })], { name: 'trees', version });
          return;
        } catch (error) {
          if (!(error instanceof GuardConflict || error instanceof RevisionConflict)) throw error;
        }
      }
    };
    const names = Array.from({ length: 12 }, (_, index) => String(index));
    await Promise.all(names.map((name, index) => add(replicas[index % 3]!, name)));
    const totals = (await readAll(await open())).map(
      ({ event }) => (event.value as { attributes: { total: number } }).attributes.total,
    );
    expect(totals).toEqual(names.map((_, index) => index));
  });

  it('go on past positions that a dead writer took', async () => {
    const store = await open();
    await store.append([thingChange('a:x', 1)]);
    await raw.collection<{ _id: string }>('counters').updateOne({ _id: 'positions' }, { $inc: { value: 3 } });
    await store.append([thingChange('a:x', 2)]);
    expect(namesOf(await store.read(0, 10))).toEqual(['a:x#1']);
    const events = await eventually(
      () => store.read(0, 10),
      (found) => found.length > 1,
    );
    expect(namesOf(events)).toEqual(['a:x#1', 'a:x#2']);
    expect(events.at(-1)?.position).toBe(5);
  });

  it('let a writer that was given up find another position', async () => {
    const store = await open();
    // What its commit would have: the position after the next one is taken by somebody who closes gaps.
    await raw
      .collection<{ _id: number }>('commits')
      .insertOne({ _id: 1, first: 1, writer: '', keys: ['gap/1'], events: [] } as { _id: number });
    await store.append([thingChange('a:x', 1)]);
    expect((await store.read(0, 10)).map(({ position }) => position)).toEqual([2]);
  });

  it('refuse a position of a reader whose lease is gone', async () => {
    const store = await open();
    await store.saveReaderPosition('r', 5, 2);
    await expect(store.saveReaderPosition('r', 3, 1)).rejects.toThrow("taken over 'r'");
    await store.saveReaderPosition('r', 7, 2);
    expect(await store.readerPosition('r')).toBe(7);
  });

  it('wait for no answer for ever, and go on once the server answers again', async () => {
    proxy = await openProxy(URL);
    const store = await open(proxy.url);
    await store.append([thingChange(X, 1)]);
    proxy.silence(true);
    const asked = [store.thing(X), store.append([thingChange(X, 2)])];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    proxy.silence(false);
    const revision = await eventually(
      async () => (await store.thing(X).catch(() => undefined))?.revision ?? 0,
      (found) => found > 0,
    );
    await store.append([thingChange(X, revision + 1)]);
    expect(namesOf(await readAll(await open(), 10)).at(-1)).toBe(`a:x#${String(revision + 1)}`);
  });

  it('lose and double nothing when connections break all the time', async () => {
    proxy = await openProxy(URL);
    const { url, cut, cuts } = proxy;
    const store = await open(url);
    const breaking = setInterval(cut, 150);
    const acknowledged: string[] = [];
    const deadline = performance.now() + 4_000;
    const write = async (client: number): Promise<void> => {
      for (let n = 0; performance.now() < deadline; n += 1) {
        const id = `a:${String(client)}-${String(n)}`;
        try {
          await store.append([thingChange(id, 1)]);
          acknowledged.push(`${id}#1`);
        } catch (error) {
          if (!(error instanceof StoreUnavailable || error instanceof OutcomeUnknown)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, client) => write(client))).finally(() => {
      clearInterval(breaking);
    });
    const witness = await open();
    const events: RecordedEvent[] = await eventually(
      async () => [...(await readAll(witness, 1_000))],
      (found) => found.at(-1)?.position === undefined || acknowledged.length <= found.length,
    );
    const names = namesOf(events);
    expect(cuts()).toBeGreaterThan(3);
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
    expect(acknowledged.filter((name) => !names.includes(name))).toEqual([]);
  });
});

interface Proxy {
  readonly url: string;
  cut(): void;
  cuts(): number;
  /** Connections stand and nothing gets through. */
  silence(silent: boolean): void;
  close(): Promise<void>;
}

/** A way to the server that can be broken. */
async function openProxy(url: string): Promise<Proxy> {
  const target = /^mongodb:\/\/([^:/]+):(\d+)/.exec(url);
  const sockets = new Set<Socket>();
  let cuts = 0;
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target?.[2]), target?.[1] ?? '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes: Buffer) => isSilent || upstream.write(bytes));
    upstream.on('data', (bytes: Buffer) => isSilent || client.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    cuts += sockets.size > 0 ? 1 : 0;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mongodb://127.0.0.1:${String((server.address() as AddressInfo).port)}/?directConnection=true`,
    cut,
    cuts: () => cuts,
    silence: (silent) => {
      isSilent = silent;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
