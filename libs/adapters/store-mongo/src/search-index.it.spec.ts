import { randomUUID } from 'node:crypto';
import { parseThingId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import { parseCriteria } from '@gemel/model/rql';
import type { ThingEvent } from '@gemel/model/signals';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { thingChange, thingDeletion } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { openMongoStore } from './index.js';
import type { MongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');

describe('the search index in MongoDB', () => {
  let store: MongoStore;
  let raw: Connection;

  beforeEach(async () => {
    const database = `gemel-index-${randomUUID()}`;
    raw = await createConnection(URL, { dbName: database }).asPromise();
    store = await openMongoStore({ url: URL, database, log: SILENT });
  });

  afterEach(async () => {
    await store.close();
    await raw.dropDatabase();
    await raw.close();
  });

  /** As the duty does it. */
  const index = async () => {
    const projection = store.projection(1);
    const events = await store.followed().read(await projection.position(), 1_000);
    if (events.length > 0) await projection.handle(events);
  };

  const find = async (rql: string) => {
    const criteria = parseCriteria(rql);
    const found = await store.find({ criteria, view: ({ thing }) => thing, sort: [], limit: 100 });
    return found.map(({ thing }) => thing.thingId).sort();
  };

  const states = new Map<string, ThingState>();
  const change = async (id: string, path: JsonPointer, action: ThingEvent['action'], value?: JsonValue) => {
    const before = states.get(id);
    const revision = (before?.revision ?? 0) + 1;
    const cause = { entity: 'thing', id: parseThingId(id), revision, timestamp: revision, headers: {} } as const;
    const event: ThingEvent = { ...cause, action, path, ...(value === undefined ? undefined : { value }) };
    const state = evolve(before, event);
    states.set(id, state);
    await store.append([{ entity: 'thing', event, state }]);
    await index();
  };

  it('finds what is found by looking at everything', async () => {
    await store.append(Array.from({ length: 30 }, (_, n) => thingChange(`a:${String(n)}`, 1, { n: n % 3 })));
    await index();
    await store.append([thingChange('a:0', 2, { n: 2 }), thingDeletion('a:2', 2), thingChange('a:new', 1, { n: 2 })]);
    const expected = ['a:0', ...Array.from({ length: 9 }, (_, n) => `a:${String(3 * n + 5)}`), 'a:new'].sort();
    expect(await find('eq(attributes/n,2)')).toEqual(expected);
    await index();
    expect(await find('eq(attributes/n,2)')).toEqual(expected);
    // Each has what it is and its attributes.
    expect(await raw.collection('search_parts').countDocuments()).toBe(60);
  });

  it('rewrites only the part that was changed, and finds by several parts together', async () => {
    const feature = (value: number) => ({ properties: { value } });
    for (const id of ['a:1', 'a:2', 'a:3']) {
      const content = { attributes: { kind: 'pump' }, features: { f: feature(1), g: feature(2) } };
      await change(id, [], 'created', { thingId: id, policyId: 'a:p', ...content });
    }
    await change('a:2', ['features', 'f', 'properties', 'value'], 'modified', 7);
    await change('a:3', ['features', 'g'], 'deleted');
    const inF = 'eq(features/f/properties/value,7)';
    const inG = 'exists(features/g)';
    expect([
      await find(inF),
      await find(inG),
      await find(`and(${inF},${inG},eq(attributes/kind,"pump"))`),
      await find(`or(${inF},not(${inG}))`),
      await find('and(eq(attributes/kind,"pump"),eq(features/f/properties/value,1))'),
    ]).toEqual([['a:2'], ['a:1', 'a:2'], ['a:2'], ['a:2', 'a:3'], ['a:1', 'a:3']]);
    const revisions = await raw
      .collection<{ _id: string; revision: number }>('search_parts')
      .find({ _id: { $gte: 'a:2\u0001', $lt: 'a:2\u0002' } })
      .toArray();
    expect(Object.fromEntries(revisions.map(({ _id, revision }) => [_id.slice(4), revision]))).toEqual({
      '': 1,
      '/attributes': 1,
      '/features/f': 2,
      '/features/g': 1,
    });
    await change('a:1', [], 'deleted');
    expect(await raw.collection('search_parts').countDocuments()).toBe(7);
  });
});
