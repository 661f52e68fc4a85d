import { randomUUID } from 'node:crypto';
import { PolicyListing, createPolicies } from '@gemel/application/policies';
import { parsePolicyId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import { parseSubjectId } from '@gemel/model/policies';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import { openMongoStore } from './index.js';
import type { MongoStore } from './index.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const URL = requiredVariable('MONGODB_URL');
const owner = { subjects: [parseSubjectId('test:owner')] as const, headers: {} };
const other = { subjects: [parseSubjectId('test:other')] as const, headers: {} };
const ALL = { grant: ['READ', 'WRITE'], revoke: [] };
const OWNER = { subjects: { 'test:owner': { type: 't' } }, resources: { 'policy:/': ALL }, importable: 'never' };
const READER = {
  subjects: { 'test:other': { type: 't' } },
  resources: { 'policy:/': { grant: ['READ'], revoke: [] } },
};

/** The use cases of one replica. */
function replicaOn(store: MongoStore) {
  const clock = { now: () => Date.now() };
  const policies = createPolicies({ log: store, states: store, clock });
  const listing = new PolicyListing({
    directory: store.directory,
    states: store,
    enforcers: policies.enforcers,
    clock,
  });
  const put = (id: string, value: JsonValue) =>
    policies.service.execute({ kind: 'modify', policyId: parsePolicyId(id), path: [], value }, owner);
  const mayRead = async (id: string) => {
    const policyId = parsePolicyId(id);
    const enforcer = await policies.enforcers.enforcer(policyId, other.subjects, policyId);
    return enforcer?.permits('policy', [], 'READ');
  };
  const listed = async () => (await listing.list({}, other)).items.map((each) => each['policyId']);
  return { put, mayRead, listed };
}

describe('policies of two replicas on one MongoDB', () => {
  let database: string;
  let stores: readonly MongoStore[];

  beforeEach(async () => {
    database = `gemel-policies-${randomUUID()}`;
    stores = [
      await openMongoStore({ url: URL, database, log: SILENT }),
      await openMongoStore({ url: URL, database, log: SILENT }),
    ];
  });

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    const connection = await createConnection(URL, { dbName: database }).asPromise();
    await connection.dropDatabase();
    await connection.close();
  });

  it('have the rights of an import as soon as it was changed in either', async () => {
    const [one, two] = stores.map(replicaOn);
    if (one === undefined || two === undefined) throw new Error('there are two');
    await one.put('a:template', { entries: { owner: OWNER } });
    for (const id of ['a:1', 'a:2']) await one.put(id, { imports: { 'a:template': {} }, entries: { owner: OWNER } });
    for (let round = 0; round < 10; round++) {
      const [writer, reader] = round % 2 === 0 ? [one, two] : [two, one];
      const grants = round % 4 < 2;
      await writer.put('a:template', { entries: grants ? { owner: OWNER, reader: READER } : { owner: OWNER } });
      expect([await reader.mayRead('a:1'), await writer.mayRead('a:1')]).toEqual([grants, grants]);
      expect(await reader.listed()).toEqual(grants ? ['a:1', 'a:2', 'a:template'] : []);
    }
  });

  it('name policies that were written by a replica which did not', async () => {
    const [store] = stores;
    if (store === undefined) throw new Error('there are two');
    await replicaOn(store).put('a:1', { entries: { owner: OWNER, reader: READER } });
    const raw = await createConnection(URL, { dbName: database }).asPromise();
    await raw.collection('policies').updateMany({}, { $unset: { subjects: 1, imports: 1, named: 1 } });
    await raw.close();
    expect(await replicaOn(store).listed()).toEqual([]);
    const later = await openMongoStore({ url: URL, database, log: SILENT });
    stores = [...stores, later];
    expect(await replicaOn(later).listed()).toEqual(['a:1']);
  });
});
