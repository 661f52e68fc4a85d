import { randomUUID } from 'node:crypto';
import { until } from '@gemel/testkit/contracts';
import { requiredVariable } from '@gemel/testkit/network';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { createIndexes } from './indexes.js';
import { Questions } from './questions.js';

const URL = requiredVariable('MONGODB_URL');

let connection: Connection;
const questions = new Questions(2_000);

beforeEach(async () => {
  connection = await createConnection(URL, { dbName: `gemel-indexes-${randomUUID()}`, autoIndex: false }).asPromise();
});
afterEach(async () => {
  await connection.dropDatabase();
  await connection.close();
});

async function indexesOf(name: string): Promise<readonly string[]> {
  const found = await connection.collection(name).indexes();
  return found.map(({ key }) => Object.keys(key).join());
}

function turn() {
  return connection.collection<{ _id: string; holder: string }>('gemel');
}

describe('The indexes of a database', () => {
  it('are created where they are missing, once', async () => {
    await createIndexes(connection, questions);
    await createIndexes(connection, questions);
    expect(await indexesOf('commits')).toEqual(['_id', 'keys']);
    expect(await indexesOf('policies')).toEqual(['_id', 'subjects,_id', 'imports,_id', 'due,_id']);
    expect(await turn().countDocuments()).toBe(0);
  });

  it('are completed after a process died amid them', async () => {
    await createIndexes(connection, questions);
    await connection.collection('policies').dropIndex('due_1__id_1');
    await createIndexes(connection, questions);
    expect(await indexesOf('policies')).toHaveLength(4);
  });

  it('are left to the process whose turn it is', async () => {
    await turn().insertOne({ _id: 'indexes', holder: 'another' });
    let isDone = false;
    const waiting = createIndexes(connection, questions).then(() => (isDone = true));
    await createIndexes(await other(), questions, { patienceMs: 500 });
    await until(() => isDone);
    await waiting;
    expect(await indexesOf('commits')).toEqual(['_id', 'keys']);
    expect(await turn().countDocuments()).toBe(0);
  });

  it('are created by many processes that start together', async () => {
    const others = await Promise.all(Array.from({ length: 8 }, other));
    await Promise.all(others.map((its) => createIndexes(its, questions)));
    expect(await indexesOf('search_parts')).toEqual(['_id', 'keys']);
    expect(await turn().countDocuments()).toBe(0);
  });
});

const opened: Connection[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((its) => its.close()));
});

/** Another process with the same database. */
async function other(): Promise<Connection> {
  const its = await createConnection(URL, { dbName: connection.name, autoIndex: false }).asPromise();
  opened.push(its);
  return its;
}
